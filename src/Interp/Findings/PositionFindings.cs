using Vitrine.Interp.Attention;
using Vitrine.Interp.Circuits;

namespace Vitrine.Interp.Findings;

/// <summary>Whether heads look by position, and how far back.</summary>
internal static class PositionFindings
{
    /// <summary>What positions say about one head.</summary>
    public static Finding Of(PositionShare share)
    {
        int half = Half(share.ByDistance);
        string where = Position(share) < 0.01
            ? "it looks by tokens alone"
            : half == 0 ? "by position alone most of its attention falls on the token itself"
            : half < share.ByDistance.Count - 1
                ? $"by position alone half its attention falls within {half + 1} tokens, the token "
                    + "itself counted"
                : "by position alone its attention is spread over the whole context";
        return new Finding(
            share.Kind,
            new Prose("Of head ").Head(share.Head).Text(
                $"'s scores {Numerals.Percent(share.PositionAlone, 0)} of the variance is position "
                + $"alone, {Numerals.Percent(share.SourceToken, 0)} the source token alone, "
                + $"{Numerals.Percent(share.TokenPair, 0)} the pair of tokens; {where}."),
            true);
    }

    /// <summary>The head whose score is most of all position, and how near half of a head's
    /// measured weight lies.</summary>
    public static Prose Of(IReadOnlyList<PositionShare> shares, AttentionByDistance? measured)
    {
        var said = new Prose();
        if (shares.Count > 0)
        {
            PositionShare most = shares.MaxBy(Position)!;
            said.Text(shares.Count == 1 ? "Head " : "Of all heads ").Head(most.Head)
                .Text($" looks by position{(shares.Count == 1 ? "" : " most")}: "
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
}
