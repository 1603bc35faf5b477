using Vitrine.Interp.Losses;
using Vitrine.Models;
using Vitrine.Models.Positions;

namespace Vitrine.Interp.Tests.Losses;

public sealed class PassageLossesTests : IDisposable
{
    private const int Vocabulary = 19;
    private const int Context = 9;

    private readonly Transformer _model = Transformer.Initial(
        TransformerConfig.AttentionOnly(
            2, 2, 8, 4, Vocabulary, Context, PositionKind.Learned), seed: 3,
        standardDeviation: 0.7f);

    public void Dispose() => _model.Dispose();

    [Fact]
    public void EveryLossIsThatOfItsContextAlone()
    {
        // 70 contexts of 1 … 9 tokens: three batches, each padded to its longest.
        var random = new Random(2);
        List<(int[] Context, int Next)> cases =
        [
            .. Enumerable.Range(0, 70).Select(i => (
                Enumerable.Range(0, 1 + (i % Context)).Select(_ => random.Next(Vocabulary))
                    .ToArray(),
                random.Next(Vocabulary))),
        ];
        double[] losses = PassageLosses.After(_model, cases);
        Assert.Equal(cases.Count, losses.Length);
        for (int i = 0; i < losses.Length; i++)
        {
            (int[] context, int next) = cases[i];
            float alone = Assert.Single(
                PassageLosses.Of(_model, [.. context, next], context.Length));
            Assert.Equal(alone, losses[i], 2e-5);
        }
    }

    [Fact]
    public void ProbabilitiesOfAllNextTokensSumToOne()
    {
        double[] losses = PassageLosses.After(
            _model, [.. Enumerable.Range(0, Vocabulary).Select(next => ((int[])[3, 1, 4], next))]);
        Assert.Equal(1, losses.Sum(loss => Math.Exp(-loss)), 1e-5);
    }

    [Fact]
    public void NoCasesHaveNoLossesAndACancelledRunEnds()
    {
        Assert.Empty(PassageLosses.After(_model, []));
        Assert.Throws<OperationCanceledException>(
            () => PassageLosses.After(_model, [([1], 2)], new CancellationToken(canceled: true)));
    }
}
