using Vitrine.Interp.Attention;
using Vitrine.Interp.Circuits;

namespace Vitrine.Explorer;

/// <summary>How much of the heads' scores is position, and how far back they look, as a
/// section.</summary>
internal static class PositionSection
{
    /// <summary>The section. Its finding names the head whose score is most of all position, and
    /// how near half of a head's measured weight lies.</summary>
    /// <param name="analysis">The weights as they were read.</param>
    /// <param name="measured">The attention on a text; null for none.</param>
    /// <param name="key">The section's key.</param>
    public static ReportSection Of(
        CircuitAnalysis analysis, AttentionByDistance? measured = null, string key = "position")
    {
        PositionShare[] shares =
            [.. analysis.Heads.Select(head => head.Position).OfType<PositionShare>()];
        return new ReportSection
        {
            Key = key,
            Name = "Position",
            Heading = "How far back, and is it by position?",
            Finding = PositionFindings.Of(shares, measured),
            Component = "vt-position",
            Data = new PositionFigure(shares, measured),
            Caption = string.Join(
                " ",
                new[]
                {
                    shares.Length > 0 ? shares[0].Method : null,
                    measured is null
                        ? "Attention on text is measured if the text is known."
                        : $"{measured.Method} Measured on {Numerals.Count(measured.Sequences)} "
                            + $"pieces of {Numerals.Count(measured.Positions)} held-out tokens.",
                }.OfType<string>()),
            Table = shares.Length > 0 ? Table(shares) : null,
        };
    }

    private static ReportTable Table(PositionShare[] shares) =>
        ReportTable.Of(
            ["head", "position alone", "with the query token", "source token", "pair of tokens"],
            shares,
            share =>
            [
                new Prose().Head(share.Head),
                Numerals.Percent(share.PositionAlone, 0),
                Numerals.Percent(share.TokenAndPosition, 0),
                Numerals.Percent(share.SourceToken, 0),
                Numerals.Percent(share.TokenPair, 0),
            ]);
}
