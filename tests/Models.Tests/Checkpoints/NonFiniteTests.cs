using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Checkpoints;

/// <summary>A model with a weight that is no number is refused by name and place, unless it is
/// allowed.</summary>
public class NonFiniteTests
{
    [Theory]
    [InlineData(WeightStorage.Copied, ElementType.F32)]
    [InlineData(WeightStorage.Stored, ElementType.F32)]
    [InlineData(WeightStorage.Copied, ElementType.F16)]
    [InlineData(WeightStorage.Stored, ElementType.F16)]
    [InlineData(WeightStorage.Stored, ElementType.BF16)]
    public void TheFirstAndTheNumberOfThemAreTold(WeightStorage storage, ElementType type)
    {
        using var folder = new TemporaryFolder();
        TransformerConfig config = TransformerConfig.AttentionOnly(2, 2, 8, 4, 40_000, 16);
        using (Transformer model = Transformer.Initial(config, seed: 3))
        {
            Save(model, folder.Path, type);
            Transformer.Load(folder.Path, storage).Dispose();
            model.Blocks[1].Attn.W_Q.Value[1, 5, 2] = float.NaN;
            model.Blocks[1].Attn.W_Q.Value[1, 6, 0] = float.NegativeInfinity;
            model.Blocks[1].Attn.W_V.Value[0, 0, 0] = float.PositiveInfinity;
            Save(model, folder.Path, type);
        }

        string message = Assert.Throws<InvalidDataException>(
            () => Transformer.Load(folder.Path, storage)).Message;
        Assert.Contains("model.safetensors: weights must be finite; ", message);
        Assert.Contains("blocks.1.attn.W_Q[1, 5, 2] is NaN, the first of 3;", message);
        using Transformer studied = Transformer.Load(folder.Path, storage, allowNan: true);
        Assert.Equal(
            ["blocks.1.attn.W_Q[1, 5, 2] is NaN", "blocks.1.attn.W_V[0, 0, 0] is Infinity"],
            NonFinite.In(studied).Select(one => one.ToString()));
        Assert.Equal([2L, 1L], NonFinite.In(studied).Select(one => one.Count));
    }

    private static void Save(Transformer model, string folder, ElementType type)
    {
        model.Weights(type).Write(Path.Combine(folder, RunFolder.ModelFile));
        File.WriteAllText(Path.Combine(folder, RunFolder.ConfigFile), model.Config.ToJson());
    }

    [Fact]
    public void ARunsWeightsWithoutTheirChecksumAreRefusedAndAnothersAreNot()
    {
        using var folder = new TemporaryFolder();
        using Transformer model = Transformer.Initial(TransformerConfig.ZeroLayer(4, 9), seed: 1);
        model.Save(folder.Path);
        byte[] bytes = File.ReadAllBytes(folder["model.safetensors"]);
        int at = bytes.AsSpan().IndexOf("vitrine.sha256"u8);
        "vitrine.sha257"u8.CopyTo(bytes.AsSpan(at));
        File.WriteAllBytes(folder["model.safetensors"], bytes);
        Transformer.Load(folder.Path).Dispose();
        File.WriteAllText(folder["run.json"], "{}");
        Assert.Contains("must hold the checksum", Assert.Throws<InvalidDataException>(
            () => Transformer.Load(folder.Path)).Message);
    }
}
