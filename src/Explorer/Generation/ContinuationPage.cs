using Vitrine.Interp.Attention;
using Vitrine.Interp.Generation;
using Vitrine.Models.Generation;

namespace Vitrine.Explorer;

/// <summary>How a model continues a prompt: a page, or a section of one.</summary>
internal static class ContinuationPage
{
    /// <summary>The page: how likely each token was, and where the heads look.</summary>
    /// <param name="options">How tokens were chosen.</param>
    /// <param name="plain">The continuation of the unchanged model.</param>
    /// <param name="attention">Where its heads look; null without layers.</param>
    public static PageContent Of(
        SamplingOptions options, Continuation plain, PassageAttention? attention) => new(
            ContinuationFindings.Title(plain), ContinuationFindings.Of(options),
            [
                Section(plain),
                .. attention is null ? Array.Empty<ReportSection>()
                    : [AttentionSection.Of([("text", attention)])],
            ]);

    /// <summary>The page of a steered model: both continuations.</summary>
    /// <param name="options">How tokens were chosen.</param>
    /// <param name="changes">What steering does, in sentences.</param>
    /// <param name="steered">The continuation of the steered model, and where its heads
    /// look.</param>
    /// <param name="unsteered">The same of the unchanged model.</param>
    public static PageContent Of(
        SamplingOptions options, Prose changes,
        (Continuation Text, PassageAttention Attention) steered,
        (Continuation Text, PassageAttention Attention) unsteered) => new(
            ContinuationFindings.Title(steered.Text, unsteered.Text),
            Prose.Joined([changes, ContinuationFindings.Of(options)]),
            [
                Section(steered.Text, unsteered.Text),
                AttentionSection.Of(
                    [("steered", steered.Attention), ("unsteered", unsteered.Attention)]),
            ]);

    /// <summary>The section of texts.</summary>
    /// <param name="text">The continuation, with steering where there is another.</param>
    /// <param name="unsteered">The one without steering; null for none.</param>
    public static ReportSection Section(Continuation text, Continuation? unsteered = null)
    {
        (string? Name, Continuation Text)[] texts = unsteered is null ? [(null, text)]
            : [("with steering", text), ("without steering", unsteered)];
        return new ReportSection
        {
            Key = "continuation",
            Name = "Continuation",
            Heading = "How likely was each token?",
            Finding = unsteered is null ? ContinuationFindings.Of(text)
                : ContinuationFindings.Of(text, unsteered),
            Component = "vt-continuation",
            Data = new ContinuationFigure(
                [
                    .. texts.Select(one =>
                        new ContinuedText(one.Name, one.Text.Prompt, one.Text.Tokens)),
                ],
                unsteered is null ? 0
                    : ContinuationFindings.FirstDifference(text, unsteered) ?? 0),
            Caption = "Shade: the probability that the model gave to the token, before temperature "
                + "and top-k. Hover or focus a token for the candidates at its place; a click "
                + "locks it, Esc lets go.",
            Table = ReportTable.Of(
                ["text", "token", "probability", "likeliest", "its probability"],
                texts.SelectMany(one => one.Text.Tokens.Select(token => (one.Name, token))),
                one =>
                [
                    one.Name ?? "continuation", new Prose().Token(one.token.Id),
                    Numerals.Weight(one.token.Probability),
                    new Prose().Token(one.token.Top[0].Id),
                    Numerals.Weight(one.token.Top[0].Probability),
                ]),
        };
    }
}
