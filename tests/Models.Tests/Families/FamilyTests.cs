using Vitrine.Autograd;
using Vitrine.Models.Families;
using Vitrine.Models.Generation;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Families;

/// <summary>Every published architecture, against what PyTorch computes from its
/// checkpoint.</summary>
public class FamilyTests
{
    public static TheoryData<string> Names => [.. FamilyGoldens.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void LogitsAndLoss(string name)
    {
        using var goldens = FamilyGoldens.Open(name);
        using Tape tape = Tape.NoGrad();
        ModelInput input = goldens.Input;
        FamilyGoldens.Near(
            goldens.Float("logits"), goldens.Model.Forward(tape, input).Value, "logits");
        FamilyGoldens.Near(
            goldens.Float("loss"), Loss(tape, goldens).Value.Reshape(1), "loss");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void HiddenStatesAndAttention(string name)
    {
        using var goldens = FamilyGoldens.Open(name);
        Transformer model = goldens.Model;
        TransformerConfig config = model.Config;
        using ActivationCache cache = model.RunWithCache(goldens.Input);
        if (config.Encoder is { } encoder)
        {
            Check(model.Encoder!, encoder, "encoder_blocks", "attn", "encoder_");
            Check(model, config, "decoder_blocks", "self_attn", "decoder_");
            for (int layer = 0; layer < config.Layers; layer++)
            {
                FamilyGoldens.Near(
                    goldens.Float($"cross_attentions.{layer}"),
                    cache[$"decoder_blocks.{layer}.cross_attn.hook_pattern"], "cross attention");
            }
        }
        else
        {
            Check(model, config, "blocks", "attn", "");
        }

        void Check(
            Transformer stack, TransformerConfig shape, string blocks, string attention,
            string prefix)
        {
            for (int layer = 0; layer < shape.Layers; layer++)
            {
                FamilyGoldens.Near(
                    goldens.Float($"{prefix}hidden_states.{layer}"),
                    cache[$"{blocks}.{layer}.hook_resid_pre"], $"{prefix} stream before {layer}");
                FamilyGoldens.Near(
                    goldens.Float($"{prefix}attentions.{layer}"),
                    cache[$"{blocks}.{layer}.{attention}.hook_pattern"],
                    $"{prefix} attention {layer}");
            }

            string end = $"{blocks}.{shape.Layers - 1}."
                + (shape.Norm.IsAfter ? "hook_normalized_resid_post" : "hook_resid_post");
            using Tensor<float> last = stack.LnFinal?.Of(cache[end]) ?? cache[end].Clone();
            using Tape tape = Tape.NoGrad();
            bool narrows = shape.Embedding.Transform is { Activation: null };
            Tensor<float> read = narrows
                ? stack.Unembed.Transform!.Forward(tape, new Var(last)).Value : last;
            FamilyGoldens.Near(
                goldens.Float($"{prefix}hidden_states.{shape.Layers}"), read,
                $"{prefix} last stream");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients(string name)
    {
        using var goldens = FamilyGoldens.Open(name);
        using (var tape = new Tape())
        {
            tape.Backward(Loss(tape, goldens));
        }

        FamilyParameters stored = goldens.Gradients(out ITensorFile file);
        var expected = new List<(Parameter Parameter, Tensor<float> Gradient)>();
        foreach (Parameter parameter in goldens.Model.Parameters)
        {
            // Offsets of the logits that the model does not train have none.
            if (!(parameter.Name == "unembed.b_U" && goldens.Model.Config.Encoder is not null))
            {
                expected.Add((parameter, stored.Read(parameter.Name!, parameter.Shape)));
            }
        }

        stored.RequireAllRead();
        double largest = expected.Max(one => one.Gradient.ToArray().Max(Math.Abs));
        foreach ((Parameter parameter, Tensor<float> gradient) in expected)
        {
            FamilyGoldens.Near(
                gradient, parameter.Grad!, parameter.Name!, 5e-5, 0.01 * largest);
            gradient.Dispose();
        }

        file.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Activations(string name)
    {
        using var goldens = FamilyGoldens.Open(name);
        string path = Path.Combine(goldens.Folder, "activations.safetensors");
        if (!File.Exists(path))
        {
            Assert.Contains(
                name, (string[])[
                    "albert", "bart", "distilbert", "electra", "falcon_gqa", "marian", "modernbert",
                    "opt_post_norm"]);
            return;
        }

        using SafeTensors stored = SafeTensors.Open(path);
        string[] names = [.. stored.Tensors.Select(tensor => tensor.Name)];
        ModelInput input = goldens.Input;
        using ActivationCache cache = goldens.Model.RunWithCache(
            new ModelInput(First(input.Tokens)!)
            {
                Segments = First(input.Segments),
                Source = input.Source is null ? null : new EncoderInput(First(input.Source.Tokens)!),
            });
        Assert.Empty(names.Except(cache.Names));
        foreach (string key in names)
        {
            Tensor<float> ours = cache[key];
            if (goldens.Model.Encoder is not null && key.Contains("ln", StringComparison.Ordinal))
            {
                // The recorder took T5's norm for one that subtracts the mean.
                string norm = key[..key.LastIndexOf('.')];
                ours = Centred(
                    cache[$"{norm}.hook_normalized"], cache[$"{norm}.hook_scale"],
                    key.EndsWith("scale", StringComparison.Ordinal));
            }

            FamilyGoldens.Near(stored.ReadFloat(key), ours, key);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void PaddedBatches(string name)
    {
        using var goldens = FamilyGoldens.Open(name);
        using Tape tape = Tape.NoGrad();
        Tensor<int> mask = goldens.Int("padded.attention_mask");
        var padded = new ModelInput(goldens.Int("padded.input_ids")) { Mask = mask };
        bool isPair = goldens.Model.Config.Encoder is not null;
        Tensor<float> logits = goldens.Model.Forward(
            tape, !isPair ? padded : new ModelInput(goldens.Int("padded.decoder_input_ids"))
            {
                Source = new(padded.Tokens) { Mask = padded.Mask },
            }).Value;
        Tensor<float> expected = goldens.Float("padded.logits");
        for (int row = 0; row < logits.Shape[0]; row++)
        {
            for (int pos = 0; pos < logits.Shape[1]; pos++)
            {
                if (isPair || mask[row, pos] == 1)
                {
                    FamilyGoldens.Near(
                        expected.Select(0, row).Select(0, pos), logits.Select(0, row).Select(0, pos),
                        $"row {row}, position {pos}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Generation(string name)
    {
        using var goldens = FamilyGoldens.Open(name);
        if (goldens.Model.Config.IsEncoder)
        {
            Assert.False(goldens.Has("generate.tokens"));
            Assert.StartsWith(
                "TextGenerator: the model must predict the next token; got an encoder",
                Assert.Throws<ArgumentException>(
                    () => new TextGenerator(goldens.Model, capacity: 5)).Message);
            return;
        }

        int[] tokens = goldens.Int("generate.tokens").ToArray();
        Tensor<float> logits = goldens.Float("generate.logits");
        int[] prompt = goldens.IntIfThere("generate.prompt")?.ToArray()
            ?? [name.StartsWith("bart", StringComparison.Ordinal) ? 2 : 0];
        using Tensor<int>? source = goldens.IntIfThere("generate.input_ids");
        using var generator = new TextGenerator(goldens.Model, capacity: 60, source: source);
        int step = 0;
        foreach (int token in generator.Continue(prompt, tokens.Length, SamplingOptions.Greedy))
        {
            Assert.Equal(tokens[step], token);
            FamilyGoldens.Near(
                logits.Select(0, 0).Select(0, step),
                Tensor.From(generator.Logits.Span, [generator.Logits.Length]), $"step {step}");
            step++;
        }

        Assert.Equal(tokens.Length, step);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void BothFormsOfTheConfig(string name)
    {
        string folder = FamilyGoldens.FolderOf(name);
        string older = Path.Combine(folder, "config.v4.json");
        if (!File.Exists(older))
        {
            return;
        }

        (_, TransformerConfig config) = HuggingFaceFolder.Config(folder);
        TransformerConfig same = JsonFile.Read(older, json =>
        {
            var fields = new HfConfig(json);
            return Family.Of(fields).Read(fields).Validate();
        });
        Assert.Equal(config, same);
    }

    /// <summary>The scale, or the normed rows, of a norm that also subtracts the mean.</summary>
    private static Tensor<float> Centred(
        Tensor<float> normalized, Tensor<float> scale, bool wantsScale)
    {
        int dModel = normalized.Shape[-1];
        Tensor<float> mean = Ops.Scale(Ops.Sum(normalized, -1, keepAxis: true), 1f / dModel);
        Tensor<float> centred = Ops.Subtract(normalized, mean);
        Tensor<float> variance = Ops.Scale(
            Ops.Sum(Ops.Square(centred), -1, keepAxis: true), 1f / dModel);
        return wantsScale ? Ops.Multiply(scale, Ops.Sqrt(variance))
            : Ops.Multiply(centred, Ops.Rsqrt(variance));
    }

    private static Tensor<int>? First(Tensor<int>? x) => x?.Slice(0, 0, 1).Clone();

    /// <summary>The loss that the stored one is: of the next token, or of masked ones.</summary>
    private static Var Loss(Tape tape, FamilyGoldens goldens)
    {
        ModelInput input = goldens.Input;
        Transformer model = goldens.Model;
        if (goldens.IntIfThere("labels") is { } labels)
        {
            int[] wanted = labels.ToArray();
            int count = wanted.Count(label => label != -100);
            Tensor<int> targets = tape.Own(Tensor.From(
                Array.ConvertAll(wanted, label => Math.Max(label, 0)), labels.Shape));
            Tensor<float> weights = tape.Own(Tensor.From(
                Array.ConvertAll(wanted, label => label == -100 ? 0f : 1f / count),
                [wanted.Length]));
            return model.Loss(tape, input, targets, weights);
        }

        int pos = input.Tokens.Shape[1] - 1;
        Tensor<int> before = tape.Own(input.Tokens.Slice(1, 0, pos).Clone());
        Tensor<int> after = tape.Own(input.Tokens.Slice(1, 1, pos).Clone());
        return model.Loss(tape, input with { Tokens = before }, after);
    }
}
