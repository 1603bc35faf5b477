using System.Text;
using System.Text.Json;
using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;

namespace Vitrine.Explorer.Tests;

public class ReportTests
{
    private static readonly string SmallPage = Html(Experiment.Small());

    [Fact]
    public void NoTokenReachesThePageUnescaped()
    {
        Assert.DoesNotContain(Experiment.Script, SmallPage);
        Assert.DoesNotContain(Experiment.Image, SmallPage);
        Assert.DoesNotContain(Experiment.Closing, SmallPage);
        Assert.DoesNotContain("<img", SmallPage);
        Assert.DoesNotContain("planted <text>", SmallPage);
        Assert.Contains("&lt;script&gt;window.", SmallPage);
    }

    [Fact]
    public void JsonHoldsNoCharacterThatCouldEndItsElement()
    {
        foreach (string id in new[] { "vt-report", "vt-vocabulary" })
        {
            string json = Block(SmallPage, id);
            Assert.DoesNotContain(json, c => c is '<' or '>' or '&' or '\u2028' or '\u2029');
            using JsonDocument parsed = JsonDocument.Parse(json);
            Assert.Equal(JsonValueKind.Object, parsed.RootElement.ValueKind);
        }
    }

    [Fact]
    public void TextSurvivesTheEscapes()
    {
        using JsonDocument parsed = JsonDocument.Parse(Block(SmallPage, "vt-vocabulary"));
        JsonElement text = parsed.RootElement.GetProperty("text");
        for (int id = 0; id < Experiment.HardTokens.Count; id++)
        {
            if (text[id].ValueKind == JsonValueKind.Null)
            {
                byte[] bytes = Convert.FromHexString(
                    parsed
                        .RootElement.GetProperty("bytes")
                        .GetProperty($"{id}")
                        .GetString()!
                        .Replace(" ", ""));
                Assert.Equal(Experiment.HardTokens[id], bytes);
            }
            else
            {
                Assert.Equal(
                    Experiment.HardTokens[id],
                    Encoding.UTF8.GetBytes(text[id].GetString()!));
            }
        }
    }

    [Fact]
    public void ThePolicyAllowsTheTwoScriptsAndNothingFromOutside()
    {
        Assert.Contains("default-src 'none'; script-src 'sha256-", SmallPage);
        Assert.DoesNotContain("unsafe-eval", SmallPage);
        Assert.DoesNotContain("script-src 'unsafe-inline'", SmallPage);
        Assert.DoesNotContain("https://", SmallPage);
        Assert.DoesNotContain(
            "src=\"",
            SmallPage[..SmallPage.IndexOf("vt-report", StringComparison.Ordinal)]);
    }

    [Fact]
    public void CountsComeBackFromTheirBytes()
    {
        SparseCounts counts = Experiment.Small().Analysis.Counts.Following;
        byte[] bytes = TokenTables.Encode(counts);
        int at = 0;
        for (int row = 0; row < counts.Rows; row++)
        {
            int pairs = Read();
            Assert.Equal(counts.Degree(row), pairs);
            for (int i = 0, last = 0; i < pairs; i++)
            {
                Assert.Equal(counts.PartnersOf(row)[i], last += Read());
                Assert.Equal(counts.CountsOf(row)[i], Read());
            }
        }

        Assert.Equal(bytes.Length, at);

        int Read()
        {
            int value = 0;
            for (int shift = 0; ; shift += 7)
            {
                value |= (bytes[at] & 127) << shift;
                if (bytes[at++] < 128)
                {
                    return value;
                }
            }
        }
    }

    [Fact]
    public void TheFileIsWrittenWhole()
    {
        string folder = Directory.CreateTempSubdirectory("vitrine-write-").FullName;
        try
        {
            string path = Path.Combine(folder, "report.html");
            File.WriteAllText(path, "old");
            Report.Write(path, ZeroLayerPage.Of(Experiment.Small()));
            Assert.Equal([path], Directory.GetFiles(folder));
            Assert.EndsWith("</html>\n", File.ReadAllText(path));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void PartsOfDifferentSizesAreNamed()
    {
        ZeroLayerReport report = Experiment.Small();
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            Html(report with { Analysis = report.Analysis with { Bias = [1, 2] } }));
        Assert.Contains("got 2 in Bias", error.Message);
        EmbeddingMap map = report.Analysis.Maps[0];
        error = Assert.Throws<ArgumentException>(() =>
            Html(report with { Analysis =
                report.Analysis with { Maps = [map with { Y = [0] }] } }));
        Assert.Contains("1 coordinates in the PCA of W_E", error.Message);
    }

    [Fact]
    public void TheSameReportIsTheSameFile() => Assert.Equal(SmallPage, Html(Experiment.Small()));

    [Fact]
    public void ALossBelowTheBigramModelIsSaidSo()
    {
        ZeroLayerReport report = Experiment.Small();
        string html = Html(
            report with
            {
                Analysis = report.Analysis with { Losses = Experiment.Losses(4.9, 6.7, 5.0) },
            });
        Assert.Contains("below a Kneser–Ney bigram model", html);
        html = Html(
            report with
            {
                Analysis = report.Analysis with { Losses = Experiment.Losses(5.001, 6.7, 5.0) },
            });
        Assert.Contains("as much as</a> a Kneser–Ney bigram model", html);
        html = Html(
            report with
            {
                Analysis = report.Analysis with { Losses = Experiment.Losses(7.0, 6.7, 5.0) },
            });
        Assert.Contains("nats worse than frequency alone", html);
    }

    private static string Html(ZeroLayerReport report)
    {
        using var writer = new StringWriter();
        Report.Write(writer, ZeroLayerPage.Of(report));
        return writer.ToString();
    }

    internal static string Block(string html, string id)
    {
        int start = html.IndexOf('>', html.IndexOf($"id=\"{id}\"", StringComparison.Ordinal)) + 1;
        return html[start..html.IndexOf("</script>", start, StringComparison.Ordinal)];
    }
}
