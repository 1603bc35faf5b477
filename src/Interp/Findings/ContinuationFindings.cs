using System.Globalization;
using Vitrine.Interp.Generation;
using Vitrine.Models.Generation;

namespace Vitrine.Interp.Findings;

/// <summary>How a model continues a prompt, and what steering changes in that.</summary>
internal static class ContinuationFindings
{
    /// <summary>How likely the tokens were, in a line.</summary>
    public static string Title(Continuation plain) => plain.Tokens.Count == 1
        ? $"The generated token has probability {Mean(plain)}"
        : $"The {Numerals.Count(plain.Tokens.Count)} generated tokens have probability "
            + $"{Mean(plain)} on average";

    /// <summary>From where on steering changes the text, in a line.</summary>
    public static string Title(Continuation steered, Continuation unsteered) =>
        FirstDifference(steered, unsteered) is { } at
            ? $"Steering changes the continuation from token {at + 1} on"
            : "Steering does not change the continuation";

    /// <summary>The tokens of which the model was most and least sure.</summary>
    public static Prose Of(Continuation plain)
    {
        GeneratedToken[] rising = [.. plain.Tokens.OrderBy(token => token.Probability)];
        (GeneratedToken least, GeneratedToken most) = (rising[0], rising[^1]);
        return least == most
            ? new Prose("The model chooses ").Add(Shown(least)).Text(".")
            : new Prose("The model is surest of ").Add(Shown(most))
                .Text(" and least sure of ").Add(Shown(least)).Text(".");
    }

    /// <summary>Where the texts part, and how likely their tokens were.</summary>
    public static Prose Of(Continuation steered, Continuation unsteered)
    {
        string means = $"{Mean(steered)} with steering and {Mean(unsteered)} without.";
        return FirstDifference(steered, unsteered) is { } at
            ? new Prose("The first token that differs is ").Add(Shown(steered.Tokens[at]))
                .Text(" with steering and ").Add(Shown(unsteered.Tokens[at]))
                .Text($" without. The mean probability is {means}")
            : new Prose($"Its mean probability is {means}");
    }

    /// <summary>What steering does to the model.</summary>
    public static Prose Of(
        IReadOnlyList<ScaledHead> scaled, IReadOnlyList<AddedActivations> added)
    {
        IEnumerable<Prose> scales = scaled.GroupBy(one => one.Factor).Select(group =>
        {
            string[] heads = [.. group.Select(one => one.Head.ToString())];
            return new Prose(heads.Length == 1 ? "The output of head " : "The outputs of heads ")
                .Heads(heads)
                .Text(heads.Length == 1 ? " is" : " are")
                .Text($" multiplied by {Factor(group.Key)}.");
        });
        IEnumerable<Prose> adds = added.Select(one =>
        {
            bool difference = one.Minus.Count > 0;
            Prose said = Tokens(
                new Prose($"{Factor(one.Coefficient)} × {(difference ? "(" : "")}"), one.Plus);
            said = difference ? Tokens(said.Text(" − "), one.Minus).Text(")") : said;
            return said.Text(
                $" is added to the residual stream before layer {one.Layer} at position"
                + (one.Plus.Count == 1 ? " 0." : $"s 0–{one.Plus.Count - 1}."));
        });
        return Prose.Joined(adds.Concat(scales));
    }

    /// <summary>How tokens were chosen.</summary>
    public static string Of(SamplingOptions options) =>
        options.Temperature == 0 ? "The likeliest token is taken every time."
        : "Tokens are drawn at temperature "
            + Factor(options.Temperature)
            + (options.TopK > 0 ? $" from the {Numerals.Count(options.TopK)} likeliest." : ".");

    /// <summary>The first place where the texts differ; null where they do not.</summary>
    public static int? FirstDifference(Continuation steered, Continuation unsteered)
    {
        int at = steered.Tokens.Zip(unsteered.Tokens)
            .TakeWhile(pair => pair.First.Id == pair.Second.Id).Count();
        return at < steered.Tokens.Count ? at : null;
    }

    private static string Mean(Continuation one) =>
        Numerals.Weight(one.Tokens.Average(token => token.Probability));

    private static Prose Shown(GeneratedToken token) => new Prose().Token(token.Id)
        .Text(" (").Number(Numerals.Weight(token.Probability), "continuation").Text(")");

    private static Prose Tokens(Prose said, IReadOnlyList<int> tokens) =>
        tokens.Aggregate(said, (all, token) => all.Token(token));

    private static string Factor(float value) =>
        value.ToString("0.####", CultureInfo.InvariantCulture).Replace('-', '\u2212');
}
