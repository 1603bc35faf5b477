using System.Text.Json;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Checkpoints.Gguf;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Checkpoints.Gguf;

/// <summary>GGUF files that are odd but right, and a published model.</summary>
public class GgufFileTests
{
    private static readonly string[] OthersTensors =
        ["no_tensors", "empty", "all_block_types"];

    [Fact]
    public void Odd_files_that_are_right_give_the_tensors_of_the_plain_one()
    {
        using SafeTensors expected = SafeTensors.Open(Odd("base.safetensors"));
        string[] weights =
            [.. expected.Tensors.Select(x => x.Name).Where(x => x.EndsWith(".weight"))];
        string[] files = Verdict("accept");
        Assert.Equal(24, files.Length);
        foreach (string file in files)
        {
            using GgufFile gguf = GgufFile.Open(Odd(file + ".gguf"));
            Assert.Equal(file == "v2" ? 2 : 3, gguf.Version);
            int found = weights.Count(weight => IsThere(gguf, weight, expected));
            Assert.Equal(
                file == "split-00002-of-00002" ? 5
                : OthersTensors.Contains(file) ? 0 : weights.Length,
                found);
        }

        static bool IsThere(GgufFile gguf, string weight, SafeTensors expected)
        {
            if (!gguf.TryGet(weight, out GgufTensor? stored))
            {
                return false;
            }

            using Tensor<float> tensor = gguf.ReadFloat(weight);
            using Tensor<float> same = expected.ReadFloat(weight);
            Assert.Equal(same.Shape, tensor.Shape);
            Assert.Equal(same.ToArray(), tensor.ToArray());
            Assert.Equal(
                $"{weight} F32 {(tensor.Rank > 0 ? tensor.Shape.ToString() : "[]")}", $"{stored}");
            return true;
        }
    }

    [Fact]
    public void Files_that_make_no_model_are_whole()
    {
        string[] files = Verdict("refuse model");
        Assert.Equal(10, files.Length);
        foreach (string file in files.Where(file => !file.StartsWith("alone-")))
        {
            using GgufFile gguf = GgufFile.Open(Odd(file + ".gguf"));
            Assert.All(gguf.Tensors, tensor => gguf.ReadFloat(tensor.Name).Dispose());
        }
    }

    [Fact]
    public void Files_that_may_be_read_or_not_are_either_read_or_refused()
    {
        Assert.Equal(4, Verdict("either").Length);
        using GgufFile none = GgufFile.Open(Odd("zero_elements.gguf"));
        using Tensor<float> empty = none.ReadFloat("x.none2");
        Assert.Equal([0, 4], empty.Shape);
        using GgufFile flag = GgufFile.Open(Odd("bool_2.gguf"));
        Assert.NotEmpty(flag.Tensors);
    }

    [Fact]
    public void A_split_model_is_opened_by_its_first_file_and_a_missing_one_is_named()
    {
        using GgufFile whole = GgufFile.Open(Odd("split-00001-of-00002.gguf"));
        Assert.Equal("llama", whole.Metadata.Text("general.architecture"));
        Assert.Equal(12, whole.Tensors.Count);
        Assert.Contains(
            "the model lies in 2 files; " + Odd("alone-00001-of-00002.gguf").Replace(
                "00001-of", "00002-of"),
            Refused("alone-00001-of-00002"));
        using var folder = new TemporaryFolder();
        File.Copy(Odd("split-00001-of-00002.gguf"), folder["a.gguf"]);
        Assert.Contains(
            "the first of 2 files must be named …-00001-of-00002.gguf",
            Assert.Throws<InvalidDataException>(() => GgufFile.Open(folder["a.gguf"])).Message);
        File.Copy(Odd("split-00001-of-00002.gguf"), folder["b-00001-of-00002.gguf"]);
        File.Copy(Odd("split-00001-of-00002.gguf"), folder["b-00002-of-00002.gguf"]);
        Assert.Contains(
            "b-00002-of-00002.gguf: key \"split.no\" must be 1 in this part of the model; got 0",
            Assert.Throws<InvalidDataException>(
                () => GgufFile.Open(folder["b-00001-of-00002.gguf"])).Message);
    }

    [Fact]
    public void Every_type_of_tensor_is_read()
    {
        using GgufFile integers = GgufFile.Open(Odd("integer_tensors.gguf"));
        foreach (string type in (string[])["i8", "i16", "i32", "i64"])
        {
            using Tensor<int> tensor = integers.ReadInt($"x.{type}");
            Assert.Equal([2, 3], tensor.Shape);
            Assert.Equal([-3, -2, -1, 0, 1, 2], tensor.ToArray());
            Assert.Contains(
                "cannot be read as float",
                Assert.Throws<InvalidDataException>(
                    () => integers.ReadFloat($"x.{type}")).Message);
        }

        using Tensor<float> doubles = integers.ReadFloat("x.f64");
        Assert.Equal([-3, -2, -1, 0, 1, 2], doubles.ToArray());
        using GgufFile scalar = GgufFile.Open(Odd("zero_dims.gguf"));
        Assert.Single(scalar.Tensors, tensor => tensor.Shape.Count == 0);

        using GgufFile all = GgufFile.Open(Odd("all_block_types.gguf"));
        Assert.Equal(27, all.Tensors.Count(tensor => tensor.Type == tensor.Name));
        foreach (GgufTensor stored in all.Tensors.Where(tensor => tensor.Type == tensor.Name))
        {
            using SafeTensors type = SafeTensors.Open(
                Repository.Shared($"goldens/gguf/types/{stored.Name}.safetensors"));
            using Tensor<float> expected = type.ReadFloat("values");
            using Tensor<float> actual = Tensor.Empty<float>([512, 12]);
            all.ReadInto(stored.Name, actual.Transpose());
            using Tensor<float> straight = all.ReadFloat(stored.Name);
            float[] values = straight.ToArray();
            Assert.All(expected.ToArray(), (value, i) => Assert.True(value == values[i]));
            Assert.Equal(values, actual.Transpose().ToArray());
            Assert.Contains(
                "cannot be read as int",
                Assert.Throws<InvalidDataException>(() => all.ReadInt(stored.Name)).Message);
        }
    }

    [Fact]
    public void Mapped_weights_have_the_same_numbers_and_outlive_the_file()
    {
        var mapped = new List<(Weight Weight, float[] Values)>();
        using (GgufFile all = GgufFile.Open(Odd("all_block_types.gguf")))
        {
            foreach (GgufTensor stored in all.Tensors)
            {
                using Tensor<float> read = all.ReadFloat(stored.Name);
                Weight weight = all.Map(stored.Name, read.Shape);
                Assert.Equal(
                    stored.Type switch
                    {
                        "F32" => "float32",
                        "F16" => "float16",
                        "BF16" => "bfloat16",
                        _ => stored.Type,
                    },
                    weight.ElementType);
                mapped.Add((weight, read.ToArray()));
            }
        }

        foreach ((Weight weight, float[] values) in mapped)
        {
            using Tensor<float> decoded = weight.ToFloat32();
            Assert.Equal(values, decoded.ToArray());
            weight.Dispose();
        }

        using GgufFile integers = GgufFile.Open(Odd("integer_tensors.gguf"));
        Assert.Contains(
            "x.i8 I8 [2, 3] cannot be used in its stored type",
            Assert.Throws<InvalidDataException>(() => integers.Map("x.i8", [2, 3])).Message);
        Assert.Contains(
            "must be [3]; the file has [2, 3]",
            Assert.Throws<InvalidDataException>(() => integers.Map("x.i8", [3])).Message);
        using GgufFile none = GgufFile.Open(Odd("zero_elements.gguf"));
        using Weight empty = none.Map("x.none2", [0, 4]);
        Assert.Equal([0, 4], empty.Shape);
    }

    [Fact]
    public void What_is_not_there_is_said()
    {
        using GgufFile gguf = GgufFile.Open(Odd("base.gguf"));
        Assert.Contains(
            "base.gguf: there is no tensor \"nosuch\"; there are blk.0.attn_k.weight, ",
            Assert.Throws<InvalidDataException>(() => gguf.ReadFloat("nosuch")).Message);
        using Tensor<float> other = Tensor.Empty<float>([3, 3]);
        Assert.Contains(
            "\"output.weight\" must be [3, 3]; the file has [11, 8]",
            Assert.Throws<InvalidDataException>(
                () => gguf.ReadInto("output.weight", other)).Message);
    }

    [Fact]
    public void A_published_model_has_the_tensors_that_other_readers_see()
    {
        using GgufFile gguf = GgufFile.Open(Repository.Shared(
            "data/models/smollm2-135m-instruct-q4_1/SmolLM2-135M-Instruct.Q4_1.gguf"));
        using JsonDocument stored = JsonDocument.Parse(
            File.ReadAllBytes(Repository.Shared("goldens/real/smollm2-tensors.json")));
        JsonElement[] tensors = [.. stored.RootElement.EnumerateArray()];
        Assert.Equal(gguf.Tensors.Select(x => x.Name), tensors.Select(x => Text(x, "name")));
        foreach (JsonElement expected in tensors)
        {
            Assert.True(gguf.TryGet(Text(expected, "name"), out GgufTensor? tensor));
            Assert.Equal(Text(expected, "type"), tensor.Type);
            Assert.Equal(
                expected.GetProperty("shape").EnumerateArray().Select(x => x.GetInt64()),
                tensor.Shape);
            using Tensor<float> values = gguf.ReadFloat(tensor.Name);
            ReadOnlySpan<float> span = values.Span;
            Assert.Equal(
                expected.GetProperty("first8").EnumerateArray().Select(x => x.GetSingle()),
                span[..8].ToArray());
            (double sum, double absolute) = (0, 0);
            foreach (float value in span)
            {
                sum += value;
                absolute += Math.Abs(value);
            }

            double size = expected.GetProperty("abs_sum").GetDouble();
            Assert.InRange(Math.Abs(sum - expected.GetProperty("sum").GetDouble()), 0, 1e-9 * size);
            Assert.InRange(Math.Abs(absolute - size), 0, 1e-9 * size);
        }

        IReadOnlyList<string> tokens = gguf.Metadata.Texts("tokenizer.ggml.tokens");
        Assert.Equal(gguf.Metadata.Whole("llama.vocab_size"), tokens.Count);
        Assert.Equal("<|im_start|>", tokens[1]);
    }

    internal static string Odd(string file) => Repository.Shared($"goldens/gguf/odd/{file}");

    /// <summary>Refuses an odd file by an error that names it.</summary>
    internal static string Refused(string name)
    {
        string path = Odd(name + ".gguf");
        long before = GC.GetAllocatedBytesForCurrentThread();
        var failure = Assert.Throws<InvalidDataException>(() => GgufFile.Open(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.StartsWith($"GgufFile: {path}: ", failure.Message);
        Assert.EndsWith(".", failure.Message);
        return failure.Message;
    }

    internal static string[] Verdict(string verdict)
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Odd("expected.json")));
        return
        [
            .. expected.RootElement.EnumerateObject()
                .Where(file => Text(file.Value, "verdict") == verdict)
                .Select(file => file.Name),
        ];
    }

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString()!;
}
