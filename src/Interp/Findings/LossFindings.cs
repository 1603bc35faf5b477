using Vitrine.Interp.Attribution;
using Vitrine.Interp.Losses;

namespace Vitrine.Interp.Findings;

/// <summary>How good a model is, and what makes it so.</summary>
internal static class LossFindings
{
    private const string Repeats = "random-repeats";

    /// <summary>How good it is, compared with simpler models.</summary>
    public static Finding Of(HeldOutComparison losses)
    {
        Prose said = new Prose("Held-out loss is ")
            .Number($"{Numerals.Score(losses.HeldOut.Value)} nats", "loss").Text(" per token, ");
        if (losses is { ZeroLayer: { } zero, GainOverZeroLayer: { } below })
        {
            said.Text(Beside(
                -below.Value, -below.High, -below.Low,
                $"the 0-layer model’s {Numerals.Score(zero.Value)}")).Text(" and ");
        }

        said.Text(Beside(
                losses.AboveBigram.Value, losses.AboveBigram.Low, losses.AboveBigram.High,
                $"a Kneser–Ney bigram’s {Numerals.Score(losses.BigramHeldOut.Value)}"))
            .Text(losses.AboveBigram.Low is null ? "."
                : $" (95% over {losses.AboveBigram.Documents} documents).");
        return new Finding(
            losses.Kind, said,
            losses.AboveBigram.High < 0 && losses.GainOverZeroLayer is null or { Low: > 0 });
    }

    /// <summary>How much each order of paths lowers the loss, and the head and the pair that raise
    /// the correct token most.</summary>
    public static Finding Of(PathExpansion paths)
    {
        PathOrder direct = paths.Orders.FirstOrDefault(order => order.Name == "direct path")
            ?? paths.Orders[0];
        double gain = direct.Loss - paths.Orders[^1].Loss;
        var said = new Prose($"Paths through heads explain {Numerals.Score(gain)} nats beyond the "
            + "direct path. With frozen patterns, the loss goes from " + string.Join(
            " to ",
            paths.Orders.Select(order => $"{Numerals.Score(order.Loss)} ({order.Name})")));
        if (paths.Terms.Where(term => term is { First: not null, Second: null })
            .MaxBy(term => term.Effect) is { First: { } first } head)
        {
            said.Text("; among single heads, ").Head(first)
                .Text($" raises the correct token most, {Numerals.Signed(head.Effect)}");
        }

        if (paths.Terms.Where(term => term.Second is not null).MaxBy(term => term.Effect)
            is { First: { } from, Second: { } to } pair)
        {
            said.Text("; among pairs, ").Head(from).Text(" through ").Head(to)
                .Text($", {Numerals.Signed(pair.Effect)}");
        }

        return new Finding(paths.Kind, said.Text("."), true);
    }

    /// <summary>Which passages became easier between two checkpoints.</summary>
    public static Prose Easier(TokenLosses losses) =>
        $"From step {Numerals.Count(losses.Before)} to step {Numerals.Count(losses.After)}, mean "
        + "change in nats per token: "
        + string.Join(
            "; ",
            losses.Passages.OrderBy(one => one.Name != Repeats).Select(one =>
                $"{(one.Name == Repeats ? "repeated random tokens" : $"passage {one.Name}")}, "
                + Change(losses.Fall(one.Name))))
        + ".";

    private static string Change(double fall) => Math.Abs(fall) < 0.005 ? "unchanged"
        : $"{Numerals.Score(Math.Abs(fall))} {(fall > 0 ? "easier" : "harder")}";

    private static string Beside(double more, double? low, double? high, string other)
    {
        bool unclear = low <= 0 && high >= 0;
        string interval = low is { } from && high is { } to
            ? unclear ? $" [{Numerals.Signed(from)}, {Numerals.Signed(to)}]"
                : more > 0 ? $" [{Numerals.Score(from)}, {Numerals.Score(to)}]"
                : $" [{Numerals.Score(-to)}, {Numerals.Score(-from)}]"
            : "";
        return unclear ? $"indistinguishable from {other}{interval}"
            : $"{Numerals.Score(Math.Abs(more))}{interval} {(more > 0 ? "above" : "below")} "
                + other;
    }
}
