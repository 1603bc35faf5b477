using Vitrine.Models.Data;

namespace Vitrine.Models.Tests.Data;

public class RepeatsTests
{
    private const int Context = 40;
    private const int Windows = 400;

    private readonly int[] _text = [.. Enumerable.Range(0, Windows * Context)];

    [Fact]
    public void RepeatedTextRepeatsAHalfOrAPieceFromTheStart()
    {
        (int[] inputs, int[] targets) = Repeated(step: 0, new RepeatPhase(10, 1));
        int halves = 0;
        var periods = new HashSet<int>();
        for (int window = 0; window < Windows; window++)
        {
            int[] tokens = Sequence(inputs, targets, window);
            int first = window * Context;
            int period = Array.IndexOf(tokens, first, 1);
            Assert.InRange(period, Context / 5, Context / 2);
            bool half = period == Context / 2 && tokens[^1] == tokens[^(period + 1)];
            halves += half ? 1 : 0;
            periods.Add(period);
            int end = half ? Context + 1 : 2 * period;
            for (int i = 0; i <= Context; i++)
            {
                int expected = i >= period && i < end ? tokens[i - period] : first + i;
                Assert.Equal(expected, tokens[i]);
            }
        }

        Assert.InRange(halves, Windows * 0.4, Windows * 0.6);
        Assert.Equal((Context / 2) - (Context / 5) + 1, periods.Count);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(9, 1)]
    [InlineData(10, 0.25)]
    [InlineData(1000, 0.25)]
    public void TheShareOfAPhaseHolds(int step, double share)
    {
        RepeatPhase[] phases = [new(10, 1), new(20, 0.25f)];
        (int[] inputs, _) = Repeated(step, phases);
        int changed = Enumerable.Range(0, Windows).Count(window => !inputs.AsSpan(window * Context, Context)
            .SequenceEqual(_text.AsSpan(window * Context, Context)));
        Assert.Equal(share, changed / (double)Windows, 0.07);
    }

    [Fact]
    public void NoRepeatsLeaveTheTextAsItIs() =>
        Assert.Equal(_text, Repeated(step: 3, new RepeatPhase(10, 0)).Inputs);

    [Fact]
    public void RandomRepeatsAreNothingButRepetition()
    {
        int[] types = [7, 8, 9, 11, 13];
        var inputs = new int[Windows * Context];
        var targets = new int[Windows * Context];
        new RandomRepeats(types, endOfText: 99, seed: 5).Fill(0, Context, inputs, targets);
        var periods = new HashSet<int>();
        for (int window = 0; window < Windows; window++)
        {
            int[] tokens = Sequence(inputs, targets, window)[1..];
            Assert.Equal(99, inputs[window * Context]);
            Assert.All(tokens, token => Assert.Contains(token, types));
            periods.Add(Enumerable.Range(Context / 8, (Context / 2) - (Context / 8) + 1).First(
                period => Enumerable.Range(period, tokens.Length - period)
                    .All(i => tokens[i] == tokens[i - period])));
        }

        Assert.True(periods.Count > 10, $"{periods.Count} different periods");
    }

    [Fact]
    public void AWindowFollowsFromItsNumberAlone()
    {
        int[] types = [1, 2, 3, 4];
        var random = new RandomRepeats(types, endOfText: 0, seed: 5);
        var all = new int[3 * Context];
        var last = new int[Context];
        random.Fill(10, Context, all, new int[3 * Context]);
        random.Fill(12, Context, last, new int[Context]);
        Assert.Equal(all[(2 * Context)..], last);
    }

    private (int[] Inputs, int[] Targets) Repeated(int step, params RepeatPhase[] phases)
    {
        int[] inputs = [.. _text];
        int[] targets = [.. _text.Select(token => token + 1)];
        new RepeatedText(phases, seed: 3).Apply(step, 0, Context, inputs, targets);
        return (inputs, targets);
    }

    private static int[] Sequence(int[] inputs, int[] targets, int window) =>
        [inputs[window * Context], .. targets.AsSpan(window * Context, Context)];
}
