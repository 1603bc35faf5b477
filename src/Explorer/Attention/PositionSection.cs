using Vitrine.Interp.Attention;
using Vitrine.Interp.Circuits;

namespace Vitrine.Explorer;

/// <summary>How much of the heads' scores is position, and how far back they look, as a
/// section.</summary>
public static class PositionSection
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
            Finding = Finding(shares, measured),
            Component = "vt-position",
            Data = new PositionFigure(shares, measured),
            Caption = string.Join(
                " ",
                new[]
                {
                    shares.Length > 0 ? shares[0].Method : null,
                    measured is null
                        ? "Attention on text is measured where the text is known."
                        : $"{measured.Method} Measured on {Numerals.Count(measured.Sequences)} "
                            + $"pieces of {Numerals.Count(measured.Positions)} held-out tokens.",
                }.OfType<string>()),
            Table = shares.Length > 0 ? Table(shares) : null,
        };
    }

    private static Prose Finding(PositionShare[] shares, AttentionByDistance? measured)
    {
        var said = new Prose();
        if (shares.Length > 0)
        {
            PositionShare most = shares.MaxBy(Position)!;
            said.Text(shares.Length == 1 ? "Head " : "Of all heads ").Head(most.Head)
                .Text($" looks by position{(shares.Length == 1 ? "" : " most")}: "
                    + $"{Numerals.Percent(Position(most), 0)} of its score’s variance");
            PositionShare least = shares.MinBy(Position)!;
            if (least != most)
            {
                said.Text("; ").Head(least.Head)
                    .Text($" least, {Numerals.Percent(Position(least), 0)}");
            }

            said.Text(". ");
        }

        if (measured is null)
        {
            return said;
        }

        (HeadDistance head, int within) = measured.Heads
            .Select(one => (one, Half(one.Mean))).MinBy(one => one.Item2);
        return within >= head.Mean.Count
            ? said.Text("No head puts half its weight on text anywhere near.")
            : said.Text("On text, half the weight of ").Head(head.Head)
                .Text(within == 0 ? " lies on the token itself."
                    : $" lies within {Numerals.Count(within)} "
                        + $"{(within == 1 ? "token" : "tokens")} back.");
    }

    private static double Position(PositionShare share) =>
        share.PositionAlone + share.TokenAndPosition;

    /// <summary>How far back half of the weight lies; past the end where it does not.</summary>
    private static int Half(IReadOnlyList<double> mean)
    {
        double sum = 0;
        int distance = 0;
        while (distance < mean.Count && (sum += mean[distance]) < 0.5)
        {
            distance++;
        }

        return distance;
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
