using Vitrine.Models.Data;

namespace Vitrine.Models.Tests.Data;

public class RepeatsTests
{
    private const int Context = 40;
    private const int Windows = 400;

    private readonly int[] _text = [.. Enumerable.Range(0, Windows * Context)];

    [Fact]
    public void TheSecondHalfBecomesTheFirst()
    {
        (int[] inputs, int[] targets) = Repeated(step: 0, new RepeatPhase(10, 1, Halves: 1));
        for (int window = 0; window < Windows; window++)
        {
            int[] tokens = Sequence(inputs, targets, window);
            for (int i = 0; i <= Context; i++)
            {
                int expected = i < Context / 2 ? (window * Context) + i : tokens[i - (Context / 2)];
                Assert.Equal(expected, tokens[i]);
            }
        }
    }

    [Fact]
    public void APassageComesAgainSomewhereBehindItself()
    {
        (int[] inputs, int[] targets) = Repeated(step: 0, new RepeatPhase(10, 1));
        var seen = new HashSet<(int Begin, int Length, int Distance)>();
        for (int window = 0; window < Windows; window++)
        {
            int first = window * Context;
            int[] tokens = [.. Sequence(inputs, targets, window).Select(token => token - first)];
            int again = Enumerable.Range(0, Context + 1).First(i => tokens[i] != i);
            int length = Enumerable.Range(again, Context + 1 - again).Count(i => tokens[i] != i);
            int begin = tokens[again];
            Assert.InRange(length, Context / 16, Context / 2);
            Assert.InRange(begin, 0, again - length);
            for (int i = 0; i <= Context; i++)
            {
                Assert.Equal(i >= again && i < again + length ? begin + i - again : i, tokens[i]);
            }

            seen.Add((begin, length, again - begin));
        }

        Assert.Contains(seen, passage => passage.Begin == 0);
        Assert.Contains(seen, passage => passage.Begin > 0);
        Assert.Contains(seen, passage => passage.Distance > Context / 2);
        Assert.Equal(
            (Context / 2) - (Context / 16) + 1,
            seen.Select(passage => passage.Length).Distinct().Count());
    }

    [Fact]
    public void AWindowTooShortToRepeatStaysAsItIs()
    {
        int[] inputs = [3];
        int[] targets = [4];
        new RepeatedText([new RepeatPhase(10, 1)], seed: 3).Apply(0, 0, 1, inputs, targets);
        Assert.Equal((3, 4), (inputs[0], targets[0]));
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
        int changed = Enumerable.Range(0, Windows).Count(
            window => !inputs.AsSpan(window * Context, Context)
            .SequenceEqual(_text.AsSpan(window * Context, Context)));
        Assert.Equal(share, changed / (double)Windows, 0.07);
    }

    [Fact]
    public void NoRepeatsLeaveTheTextAsItIs() =>
        Assert.Equal(_text, Repeated(step: 3, new RepeatPhase(10, 0)).Inputs);

    [Fact]
    public void TheFirstRandomWindowsAreOneRepetition()
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
    public void LaterRandomTokensComeTwiceAndThenOthers()
    {
        int[] types = [.. Enumerable.Range(100, 2_000_000)];
        var inputs = new int[Windows * Context];
        var targets = new int[Windows * Context];
        new RandomRepeats(types, endOfText: 99, seed: 5).Fill(2000, Context, inputs, targets);
        var lengths = new HashSet<int>();
        for (int window = 0; window < Windows; window++)
        {
            int[] tokens = Sequence(inputs, targets, window)[1..];
            Assert.Equal(99, inputs[window * Context]);
            Assert.Equal(
                tokens[..^1], inputs.AsSpan((window * Context) + 1, Context - 1).ToArray());
            Assert.All(tokens, token => Assert.InRange(token, 100, 2_000_099));
            for (int start = 0; start < Context;)
            {
                // Among so many types a token that comes again is the second copy.
                int length = Array.IndexOf(tokens, tokens[start], start + 1) - start;
                if (length < 0)
                {
                    Assert.InRange(Context - start, 1, Context / 2);
                    break;
                }

                lengths.Add(length);
                int end = Math.Min(start + (2 * length), Context);
                Assert.Equal(tokens[start..(end - length)], tokens[(start + length)..end]);
                Assert.Equal(length, tokens[start..(start + length)].Distinct().Count());
                start += 2 * length;
            }
        }

        Assert.Equal(
            Enumerable.Range(Context / 8, (Context / 2) - (Context / 8) + 1), lengths.Order());
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
