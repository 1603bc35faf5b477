using Vitrine.Interp.Attention;
using Vitrine.Interp.Circuits;

namespace Vitrine.Interp.Findings;

/// <summary>Whether heads attend by position, and how far back.</summary>
internal static class PositionFindings
{
    private const string LeftOut = "the output of earlier heads is left out";

    /// <summary>How much position determines one head's attention.</summary>
    public static Finding Of(PositionShare share)
    {
        int half = Half(share.ByDistance);
        string where = share.PositionAlone + share.TokenAndPosition < 0.01
            ? "it attends by token alone"
            : half == 0 ? "by position alone, most of its attention falls on the token itself"
            : half < share.ByDistance.Count - 1
                ? $"by position alone, half its attention falls within {half + 1} tokens, "
                    + "including the token itself"
                : "by position alone, its attention is spread over the whole context";
        return new Finding(
            share.Kind,
            new Prose("Position alone accounts for ").Text(
                $"{Numerals.Percent(share.PositionAlone, 0)} of the variance of head ")
                .Head(share.Head).Text(
                $"’s scores{(IsAbove(share) ? $" (direct path; {LeftOut})" : "")}, the source "
                + $"token alone for {Numerals.Percent(share.SourceToken, 0)}, the pair of tokens "
                + $"for {Numerals.Percent(share.TokenPair, 0)}; {where}."),
            true);
    }

    /// <summary>The head whose score depends most on position, and the distance within which half
    /// of a head's measured weight lies.</summary>
    public static Prose Of(IReadOnlyList<PositionShare> shares, AttentionByDistance? measured)
    {
        var said = new Prose();
        if (shares.Count > 0)
        {
            PositionShare most = shares.MaxBy(one => one.PositionAlone)!;
            said.Text("Head ").Head(most.Head)
                .Text($" attends by position{(shares.Count == 1 ? "" : " most")}: "
                    + $"{Numerals.Percent(most.PositionAlone, 0)} of its score variance is due to "
                    + "position alone");
            PositionShare least = shares.MinBy(one => one.PositionAlone)!;
            if (least != most)
            {
                said.Text("; ").Head(least.Head)
                    .Text($" does least, {Numerals.Percent(least.PositionAlone, 0)}");
            }

            said.Text(IsAbove(most) || IsAbove(least)
                ? $". Above layer 0 these are shares of the direct path; {LeftOut}." : ".");
        }

        if (measured is null)
        {
            return said;
        }

        said.Text(said.IsEmpty ? "" : " ");

        (HeadDistance head, int within) = measured.Heads
            .Select(one => (one, Half(one.Mean))).MinBy(one => one.Item2);
        return within >= head.Mean.Count
            ? said.Text("On text, no head puts half its weight within the measured distances.")
            : said.Text("On text, half the weight of ").Head(head.Head)
                .Text(within == 0 ? " lies on the token itself."
                    : $" lies within {Numerals.Count(within)} "
                        + $"{(within == 1 ? "token" : "tokens")} back.");
    }

    /// <summary>Whether the head reads the output of heads in earlier layers.</summary>
    private static bool IsAbove(PositionShare share) =>
        Head.TryParse(share.Head, out Head head) && head.Layer > 0;

    /// <summary>The distance within which half of the weight lies; past the end if it does
    /// not.</summary>
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
