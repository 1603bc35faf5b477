using Vitrine.Interp.Attention;
using Vitrine.Interp.Circuits;
using Vitrine.Models;

namespace Vitrine.Explorer;

/// <summary>What the weights say: a page.</summary>
internal static class CircuitsPage
{
    /// <summary>The page, titled by the strongest finding.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="circuits">Its weights as they were read.</param>
    /// <param name="examples">The tables of some tokens.</param>
    /// <param name="distance">The attention on a text; null for none.</param>
    /// <param name="text">Where places of skip-trigrams are taken from; null for none.</param>
    /// <param name="zero">A 0-layer model of the same vocabulary; null for none.</param>
    /// <param name="patterns">Patterns of the heads, for the graph.</param>
    public static PageContent Of(
        Transformer model, CircuitAnalysis circuits, IReadOnlyList<TokenCircuit> examples,
        AttentionByDistance? distance = null, SkipTrigramText? text = null,
        Transformer? zero = null, params IReadOnlyList<HeadPatterns> patterns) =>
        new(
            CircuitFindings.Title(circuits),
            CircuitFindings.Lead(circuits),
            [
                CircuitSections.Tokens(circuits, examples, model),
                CircuitSections.SkipTrigrams(circuits, text, model, zero),
                .. circuits.Check is { } check
                    ? [CircuitSections.Check(circuits, check)] : Array.Empty<ReportSection>(),
                CircuitSections.Copying(circuits),
                .. circuits.Composition is { } composition
                    ? [CircuitSections.Composition(composition, null, patterns)]
                    : Array.Empty<ReportSection>(),
                PositionSection.Of(circuits, distance),
            ]);

    /// <summary>A page of single tokens, opened at the first.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="circuits">The tokens, head by head.</param>
    /// <param name="read">The tokens that are read.</param>
    /// <param name="rows">Rows in each table.</param>
    /// <param name="vocabulary">The tokens of the model.</param>
    public static PageContent Of(
        Transformer model, IReadOnlyList<TokenCircuit> circuits, TokenSubset read, int rows,
        TokenVocabulary vocabulary)
    {
        int token = circuits[0].Token;
        TokenCircuit[] first = [.. circuits.Where(one => one.Token == token)];
        var figure = new CircuitTokenFigure([.. first.Select(one => one.Head)], circuits, [])
        {
            MinCount = read.MinCount,
            LeftOut = read.LeftOut,
            Rows = rows,
        };
        return new(
            CircuitFindings.AttendsTo(first).Plain(vocabulary.Quoted),
            CircuitFindings.Writes(first),
            [
                CircuitSections.Tokens(
                    figure,
                    CircuitFindings.Receives(first, circuits.Select(one => one.Token).Distinct()),
                    circuits[0].Method, read, model),
            ])
        {
            Opens = new Dictionary<string, string>
            {
                ["token"] = $"{token}",
                ["head"] = CircuitFindings.Attending(first).Head,
            },
        };
    }

    /// <summary>A page of the composition alone.</summary>
    /// <param name="composition">How heads work together.</param>
    /// <param name="patterns">Patterns of the heads.</param>
    public static PageContent Of(
        Composition composition, params IReadOnlyList<HeadPatterns> patterns) =>
        new(
            CircuitFindings.Title(composition)
                ?? "No heads work together more than random ones",
            CircuitFindings.Of(composition).Text,
            [
                CircuitSections.Composition(composition, null, patterns) with
                {
                    Finding = new Prose(),
                },
            ]);
}
