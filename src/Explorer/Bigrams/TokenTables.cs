using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Studies;

namespace Vitrine.Explorer;

/// <summary>What follows every token and what predicts it, as a section. The page computes the
/// tables of any token from weights of one byte; those of the examples are exact.</summary>
internal static class TokenTables
{
    /// <summary>The section's key, by which others find its arrays.</summary>
    public const string Key = "tokens";

    private const int Rows = 10;

    /// <summary>The section of a 0-layer analysis.</summary>
    public static ReportSection Of(ZeroLayerAnalysis analysis) => Of(
        DirectPathWeights.Of(analysis), analysis.Examples, ZeroLayerFindings.Example(analysis),
        "What follows a token, and what predicts it?");

    /// <summary>The section.</summary>
    /// <param name="weights">What the page computes the tables of other tokens from.</param>
    /// <param name="examples">Exact tables, the one that is shown first in front.</param>
    /// <param name="finding">What the first of them says.</param>
    /// <param name="heading">The question.</param>
    /// <param name="unseen">Whether inputs that the text never has are ranked from the
    /// start.</param>
    public static ReportSection Of(
        DirectPathWeights weights, IReadOnlyList<BigramTable> examples, Prose finding,
        string heading, bool unseen = false) =>
        new()
        {
            Key = Key,
            Name = "Token tables",
            Heading = heading,
            Finding = finding,
            Component = "vt-token-tables",
            Data = new { Examples = examples, Unseen = unseen },
            Arrays = weights.Arrays,
            Caption = Caption(weights, examples.Count),
            Table = new ReportTable(
                ["token", "", "other", "model", "corpus", "count"],
                [.. examples.SelectMany(Lines)]),
        };

    private static string Caption(DirectPathWeights weights, int examples)
    {
        LogitError error = weights.Error;
        string text = weights.Counts.Pairs == 0 ? ""
            : "; lift = p(token | input) ÷ p(token), so for one token it gives the same order as "
                + "p. Counts are from the training text; counts below 5 are pale";
        string exact = examples == 1 ? "one token" : $"{Numerals.Count(examples)} tokens";
        return "Probability from softmax over the full vocabulary. The raw logit alone favours "
            + $"rare tokens{text}. "
            + $"All {Numerals.Count(weights.W_E.Rows)} tokens are ranked with one-byte weights: "
            + $"the error of a logit is {Numerals.Error(error.RootMeanSquare)} nats (root mean "
            + $"square; at most {Numerals.Error(error.Largest)} in "
            + $"{Numerals.Count(error.Sampled)} pairs). The first rows of {exact} are exact.";
    }

    /// <summary>The tables of an example for readers without JavaScript: probabilities of what
    /// follows, lifts of what predicts.</summary>
    private static IEnumerable<IReadOnlyList<Prose>> Lines(BigramTable table)
    {
        var token = new Prose().Token(table.Token);
        foreach (NextRow row in table.Next.Take(Rows))
        {
            yield return
            [
                token, "is followed by", new Prose().Token(row.Id),
                Numerals.Percent(row.Probability), Numerals.Percent(row.Frequency),
                Numerals.Count(row.Count),
            ];
        }

        foreach (PreviousRow row in table.Previous.Take(Rows))
        {
            yield return
            [
                token, "is predicted by", new Prose().Token(row.Id), Lift(row.Lift),
                Lift(row.CorpusLift), Numerals.Count(row.Count),
            ];
        }
    }

    private static string Lift(double? lift) => lift is { } value ? Numerals.Times(value) : "–";

    /// <summary>Rows one after another: the number of pairs, then for each pair the step from the
    /// last second token and the count, all in LEB128.</summary>
    internal static byte[] Encode(SparseCounts counts)
    {
        var bytes = new List<byte>(counts.Cells * 3);
        for (int row = 0; row < counts.Rows; row++)
        {
            ReadOnlySpan<int> partners = counts.PartnersOf(row);
            ReadOnlySpan<int> seen = counts.CountsOf(row);
            Append(bytes, partners.Length);
            int last = 0;
            for (int i = 0; i < partners.Length; i++)
            {
                Append(bytes, partners[i] - last);
                Append(bytes, seen[i]);
                last = partners[i];
            }
        }

        return [.. bytes];
    }

    private static void Append(List<byte> bytes, int value)
    {
        uint rest = (uint)value;
        while (rest > 127)
        {
            bytes.Add((byte)(rest | 128));
            rest >>= 7;
        }

        bytes.Add((byte)rest);
    }
}
