using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Checkpoints;

/// <summary>What a config claims costs nothing before the file bears it out.</summary>
[Collection(nameof(Alone))]
public class ClaimedShapesTests
{
    private const long FewBytes = 1 << 20;

    [Theory]
    [InlineData("vocabulary", "10000000")]
    [InlineData("dModel", "65536")]
    [InlineData("context", "1048576")]
    public void AShapeThatTheFileDoesNotHaveIsRefusedBeforeMemoryIsTaken(string field, string value)
    {
        using var folder = new TemporaryFolder();
        TransformerConfig config = Small(PositionKind.Learned);
        using (Transformer model = Transformer.Initial(config, seed: 1))
        {
            model.Save(folder.Path);
        }

        string json = System.Text.RegularExpressions.Regex.Replace(
            File.ReadAllText(folder["config.json"]), $"\"{field}\": [0-9]+",
            $"\"{field}\": {value}");
        File.WriteAllText(folder["config.json"], json);
        long rented = Rented(() => Assert.Contains(
            "must be [", Assert.Throws<InvalidDataException>(
                () => Transformer.Load(folder.Path)).Message));
        Assert.InRange(rented, 0, FewBytes);
    }

    [Theory]
    [InlineData(PositionKind.Rotary)]
    [InlineData(PositionKind.Alibi)]
    [InlineData(PositionKind.Sinusoidal)]
    [InlineData(PositionKind.Relative)]
    public void TablesOfPositionsFollowTheSequenceAndNotTheContext(PositionKind kind)
    {
        using var folder = new TemporaryFolder();
        TransformerConfig config = Small(kind);
        using (Transformer model = Transformer.Initial(config, seed: 1))
        {
            model.Save(folder.Path);
        }

        TransformerConfig claimed = config with { Context = 1 << 20 };
        File.WriteAllText(folder["config.json"], claimed.ToJson());
        using Transformer whole = Transformer.Load(folder.Path);
        Assert.InRange(
            Rented(() => Assert.Equal(Logits(whole, 3).Length, 3 * config.Vocabulary)),
            0, FewBytes);

        // Tables that grew give what tables of the whole context give.
        using Transformer small = Transformer.Initial(config, seed: 1);
        Assert.Equal(Logits(small, 200), Logits(whole, 200));
        Assert.Equal(Logits(small, 5), Logits(whole, 5));
    }

    private static float[] Logits(Transformer model, int length)
    {
        using Tape tape = Tape.NoGrad();
        using Tensor<int> tokens = model.Batch([.. Enumerable.Range(0, length).Select(i => i % 7)]);
        return model.Forward(tape, tokens).Value.ToArray();
    }

    private static TransformerConfig Small(PositionKind kind) =>
        TransformerConfig.AttentionOnly(1, 2, 8, 4, 11, 256, kind);

    /// <summary>How much more native memory is held after an action, at most.</summary>
    private static long Rented(Action action)
    {
        Device pool = Device.Cpu;
        long before = pool.BytesInUse + pool.BytesPooled;
        action();
        return pool.BytesInUse + pool.BytesPooled - before;
    }
}
