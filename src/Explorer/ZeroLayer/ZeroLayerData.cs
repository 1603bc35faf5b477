using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Studies;

namespace Vitrine.Explorer;

/// <summary>The data elements of the 0-layer page.</summary>
internal static class ZeroLayerData
{
    /// <summary>Writes JSON and arrays, smallest first, so that the page is complete before they
    /// are.</summary>
    public static void Write(TextWriter writer, ZeroLayerReport report)
    {
        ZeroLayerAnalysis analysis = report.Analysis;
        var blocks = new DataBlocks();
        blocks.Add("class", report.Vocabulary.Classes.Select(one => (byte)one).ToArray());
        blocks.Add(
            "count",
            Enumerable.Range(0, report.Vocabulary.Size).Select(
                analysis.Counts.TokenCount).ToArray());
        AddMatrix(blocks, "W_E", analysis.W_E);
        AddMatrix(blocks, "W_U", analysis.W_U);
        blocks.Add("b_U", analysis.Bias);
        blocks.Add("logSumExp", analysis.LogSumExp);
        blocks.Add("bigrams", Encode(analysis.Counts.Following));
        object[] maps = [.. analysis.Maps.Select((map, i) => AddMap(blocks, map, $"map.{i}"))];
        DataBlocks.WriteJson(
            writer,
            "vt-report",
            new
            {
                Kind = ZeroLayerPage.Kind,
                report.Run,
                report.Loss,
                analysis.Losses,
                Maps = maps,
                analysis.Followers,
                analysis.Neighbours,
                analysis.Examples,
                analysis.LogitError,
                blocks.Arrays,
            });
        DataBlocks.WriteJson(writer, "vt-vocabulary", report.Vocabulary.Json());
        blocks.WriteArrays(writer);
    }

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

    private static void AddMatrix(DataBlocks blocks, string name, QuantisedMatrix matrix)
    {
        blocks.Add(name, matrix.Values);
        blocks.Add(name + ".scale", matrix.Scales);
    }

    private static object AddMap(DataBlocks blocks, EmbeddingMap map, string name) =>
        new
        {
            map.Kind,
            map.Title,
            map.Unit,
            map.Method,
            map.Description,
            map.Residual,
            map.Matrix,
            Points = map.Ids.Length,
            Ids = blocks.Add(name + ".ids", map.Ids),
            X = blocks.Add(name + ".x", map.X),
            Y = blocks.Add(name + ".y", map.Y),
            ExplainedVariance = map.ExplainedVariance?.Take(2),
            Kl = map.Divergence,
            map.Perplexity,
            map.Seed,
        };
}
