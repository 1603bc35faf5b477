using Vitrine.Interp.Comparison;
using Vitrine.Interp.Heads;

namespace Vitrine.Interp.Findings;

/// <summary>In what two models differ. Heads are named plainly: a page of two models has no page
/// for one of their heads.</summary>
internal static class ComparisonFindings
{
    private const int Named = 4;

    /// <summary>Which model is better, where the documents can tell.</summary>
    public static string Title(ModelComparison of)
    {
        (ModelReading a, ModelReading b) = (of.First, of.Second);
        if (of.LossDifference is { } difference)
        {
            string by = Numerals.Score(Math.Abs(difference.Value));
            bool alike = difference is { Low: <= 0, High: >= 0 };
            return alike || by == Numerals.Score(0)
                ? $"{a.Name} and {b.Name} predict the text equally well"
                : $"{(difference.Value < 0 ? b : a).Name} predicts the text better, by {by} nats "
                    + "per token";
        }

        if (of.Text is not null && a.BitsPerByte is { } one && b.BitsPerByte is { } other)
        {
            return $"{(other < one ? b : a).Name} predicts the text better, by "
                + $"{Numerals.Fixed(Math.Abs(other - one))} bits per byte";
        }

        return $"{a.Name} beside {b.Name}";
    }

    /// <summary>The losses of both, and whether each has an induction circuit.</summary>
    public static Prose Lead(ModelComparison of) => Prose.Joined(
        new[] { Losses(of), Induction(of) }.Where(said => !said.IsEmpty));

    /// <summary>The losses of both, and how sure their difference is.</summary>
    public static Prose Losses(ModelComparison of)
    {
        (ModelReading a, ModelReading b) = (of.First, of.Second);
        if (a.HeldOut is not { } one || b.HeldOut is not { } other)
        {
            return $"Losses are not compared: {of.Incomparable}.";
        }

        string on = $"On the held-out part of {of.Text}";
        if (of.LossDifference is not { } difference)
        {
            return $"{on}, {a.Name} needs {Numerals.Fixed(a.BitsPerByte!.Value)} and {b.Name} "
                + $"{Numerals.Fixed(b.BitsPerByte!.Value)} bits per byte; losses per token are not "
                + "comparable, since the models read different tokens.";
        }

        string interval = difference is { Low: { } low, High: { } high }
            ? $"; the difference lies between {Numerals.Signed(low, 3)} and "
                + $"{Numerals.Signed(high, 3)} (95% over {difference.Documents} documents)"
            : "";
        return $"{on}, {Numerals.Count(one.Tokens)} tokens, {a.Name} has a loss of "
            + $"{Numerals.Fixed(one.Value)} and {b.Name} of {Numerals.Fixed(other.Value)} nats per "
            + $"token{interval}.";
    }

    /// <summary>How many claims about the circuit hold in each, and when it formed.</summary>
    public static Prose Induction(ModelComparison of)
    {
        var said = new Prose();
        foreach (ModelReading model in new[] { of.First, of.Second })
        {
            if (model.Claims is { } claims)
            {
                int hold = claims.Count(claim => claim.Holds);
                said.Text(said.IsEmpty ? "" : " ").Text(
                    $"In {model.Name} {(hold == claims.Count ? "all" : Numerals.Count(hold))} of "
                    + $"{claims.Count} claims about an induction circuit hold"
                    + (model.Formed is { } formed
                        ? $"; its prefix matching rose between steps {Numerals.Count(formed.From)} "
                            + $"and {Numerals.Count(formed.To)}." : "."));
            }
        }

        return said;
    }

    /// <summary>Which settings differ.</summary>
    public static Prose Settings(ModelComparison of)
    {
        string[] names = [.. of.Settings.Select(one => one.Setting)];
        string unknown = string.Concat(
            from model in new[] { of.First, of.Second }
            where model.Missing.ContainsKey("recipe")
            select $" The recipe of {model.Name} is not known.");
        string listed = string.Join(", ", names.Take(Named))
            + (names.Length > Named ? $" and {names.Length - Named} more" : "");
        return (names.Length == 0 ? "No setting differs."
            : names.Length == 1 ? $"One setting differs: {listed}."
            : $"{names.Length} settings differ: {listed}.") + unknown;
    }

    /// <summary>How often the second is better, and the token with the largest
    /// difference.</summary>
    public static Prose Tokens(ModelComparison of)
    {
        TokenDisagreement tokens = of.Disagreement!;
        DisputedToken most = tokens.Largest[0];
        return new Prose(
            $"{of.Second.Name} gives the lower loss for {Numerals.Percent(tokens.SecondBetter)} of "
            + $"{Numerals.Count(tokens.Tokens)} tokens. The difference is largest at ")
            .Token(most.Token).Text(
                $" in passage {most.Passage}: {Numerals.Score(most.First)} nats in "
                + $"{of.First.Name}, {Numerals.Score(most.Second)} in {of.Second.Name}.");
    }

    /// <summary>The kinds of heads of each.</summary>
    public static Prose Heads(ModelComparison of) => string.Join(
        " ", new[] { of.First, of.Second }.Select(model => $"{model.Name}: {Kinds(model)}."));

    private static string Kinds(ModelReading model)
    {
        if (model.Heads is not { } heads)
        {
            return model.Missing["heads"];
        }

        string[] kinds =
        [
            .. heads.SelectMany(head => head.Kinds.Select(kind => (kind, head)))
                .GroupBy(one => one.kind)
                .OrderBy(group => group.Key == "induction" ? 0 : 1)
                .Select(group => $"{group.Count()} {group.Key.Replace(' ', '-')} "
                    + $"{(group.Count() == 1 ? "head" : "heads")} ("
                    + string.Join(", ", group.Select(
                        one => new Head(one.head.Layer, one.head.Head))) + ")"),
        ];
        return kinds.Length > 0 ? string.Join(", ", kinds)
            : $"no head of a known kind among {heads.Count}";
    }
}
