using Vitrine.Interp.Comparison;
using Vitrine.Interp.Heads;

namespace Vitrine.Interp.Findings;

/// <summary>A row of two compared models, as command and page show it.</summary>
/// <param name="Group">What kind of row it is.</param>
/// <param name="Name">What is compared.</param>
/// <param name="First">The value of the first model; null where there is none.</param>
/// <param name="Second">That of the second.</param>
/// <param name="Difference">Second less first; null where it means nothing.</param>
/// <param name="FirstMissing">Why the first has none.</param>
/// <param name="SecondMissing">Why the second has none.</param>
internal sealed record ComparedRow(
    string Group, string Name, string? First, string? Second, string? Difference = null,
    string? FirstMissing = null, string? SecondMissing = null)
{
    private const string Losses = "losses";
    private const string Circuit = "induction circuit";

    /// <summary>Every row of a comparison.</summary>
    public static IReadOnlyList<ComparedRow> Of(ModelComparison of)
    {
        (ModelReading a, ModelReading b) = (of.First, of.Second);
        string[] claims =
        [
            .. (a.Claims ?? []).Concat(b.Claims ?? []).Select(claim => claim.Claim).Distinct(),
        ];
        return
        [
            Number("model", "layers", one => one.Layers, Numerals.Count),
            Number("model", "parameters", one => one.Parameters, Numerals.Count),
            Number(
                Losses, "held-out, nats per token", one => one.HeldOut?.Value, Nats, "heldOut",
                differ: of.LossDifference is not null),
            Number(
                Losses, "held-out, bits per byte", one => one.BitsPerByte, Nats, "heldOut",
                differ: true),
            Number(
                Losses, "first copy of random tokens", one => one.Repeats?.First, Numerals.Score,
                "heads", differ: of.Disagreement is not null),
            Number(
                Losses, "second copy", one => one.Repeats?.Second, Numerals.Score, "heads",
                differ: of.Disagreement is not null),
            Number(
                Losses, "in-context score, last less first quarter of a text",
                one => one.InContext?.Score, value => Numerals.Signed(value), "heads",
                differ: of.Disagreement is not null),
            Words(
                Circuit, "strongest K-composition", "kComposition",
                one => one.KComposition is { } edge
                    ? $"{edge.From} → {edge.To}, z {Numerals.Fixed(edge.Z, 1)}" : null),
            Words(
                Circuit, "highest prefix matching", "claims",
                one => one.PrefixMatching is { } score
                    ? $"{one.InductionHead}, {Numerals.Score(score)}" : null),
            .. claims.Select(claim => Words(
                Circuit, $"claim: {claim}", "claims",
                one => one.Claims?.First(verdict => verdict.Claim == claim) is { } verdict
                    ? $"{(verdict.Holds ? "holds" : "fails")}, {Numerals.Score(verdict.Value)}"
                        + (verdict.Holds ? "" : $" (needs: {verdict.Rule})")
                    : null)),
            Words(
                Circuit, "prefix matching rose between steps", "formed",
                one => one.Formed is { } formed
                    ? $"{Numerals.Count(formed.From)} and {Numerals.Count(formed.To)}" : null),
            .. of.Settings.Where(one => one.Setting != "model.layers").Select(
                one => new ComparedRow("settings", one.Setting, one.First, one.Second)),
        ];

        ComparedRow Number(
            string group, string name, Func<ModelReading, double?> value,
            Func<double, string> shown, string? missing = null, bool differ = false) => new(
                group, name, value(a) is { } one ? shown(one) : null,
                value(b) is { } other ? shown(other) : null,
                differ && value(a) is { } from && value(b) is { } to
                    ? Numerals.Signed(to - from, 3) : null,
                value(a) is null ? Why(a, missing) : null,
                value(b) is null ? Why(b, missing) : null);

        ComparedRow Words(
            string group, string name, string missing, Func<ModelReading, string?> value) => new(
                group, name, value(a), value(b), null,
                value(a) is null ? Why(a, missing) : null,
                value(b) is null ? Why(b, missing) : null);

        // Heads may be known where the text for the in-context score is not.
        static string Why(ModelReading model, string? missing) =>
            model.Missing.GetValueOrDefault(missing ?? "") ?? "no text is long enough";
    }

    /// <summary>The scores of the heads of both, where both have them.</summary>
    public static IReadOnlyList<string> ScoreNames { get; } =
    [
        HeadScoreNames.PrefixMatching, HeadScoreNames.PreviousToken,
        HeadScoreNames.DuplicateToken, HeadScoreNames.FirstToken, HeadScoreNames.CurrentToken,
    ];

    private static string Nats(double value) => Numerals.Fixed(value);
}
