using Vitrine.Interp.Attention;

namespace Vitrine.Interp.Findings;

/// <summary>Where heads attend.</summary>
internal static class AttentionFindings
{
    /// <summary>The strongest attention.</summary>
    /// <param name="look">The look.</param>
    /// <param name="several">Whether the model has more than one head.</param>
    public static Prose Of(StrongestLook look, bool several)
    {
        if (look.Weight == 0)
        {
            return "No query can attend to an earlier token other than the first.";
        }

        Prose said = new Prose("At ").Token(look.QueryToken);
        said = several
            ? said.Text(" head ").Head(look.Head.Layer, look.Head.Index).Text(" gives ")
            : said.Text(" it gives ");
        said.Number(
                Numerals.Score(look.Weight),
                "attention",
                $"passage={look.Passage}&q={look.Query}&k={look.Key}&head={look.Head}")
            .Text(" of its attention to the earlier ")
            .Token(look.KeyToken);
        return look.Next == look.KeyToken
            ? said.Text(", and the next token is ").Token(look.KeyToken).Text(".")
            : said.Text(".");
    }
}
