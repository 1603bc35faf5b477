using System.Globalization;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests.Circuits;

/// <summary>What the figures of circuits and patching save: pictures and tables.</summary>
public class CircuitExportTests(Chromium chromium)
{
    [Theory]
    [InlineData("phase", "series,panel,head,step,value,low,high")]
    [InlineData("composition", "kind,from,to,value,random mean,random sd,z")]
    [InlineData("circuit", "claim,value,unit,holds")]
    [InlineData("patching", "site,map,layer,position or head,token,restored,gradient,skipped")]
    [InlineData("trigrams", "head,source,destination,out,source id")]
    [InlineData("check", "ranking,head,source,destination,out,source id")]
    [InlineData("copying", "head,re,im,modulus")]
    [InlineData("token", "head,table,token,id,bytes,of,value")]
    [InlineData("paths", "kind,name,terms,loss,effect")]
    [InlineData("path-patching", "from,to,input,carries,gradient")]
    [InlineData("position", "head,distance,mean,low,high,position alone,uniform")]
    [InlineData("gradient", "site,layer or head,position,patch,gradient")]
    [InlineData("ablation", "set,ablated,heads,intact,without,low,high,change")]
    public async Task EveryFigureIsExported(string section, string header)
    {
        await using OpenReport open = await Open(section);
        Assert.StartsWith(header, await open.SaveAsync("CSV", section));
        string svg = await open.SaveAsync("SVG", section);
        Assert.StartsWith("<svg", svg);
        Assert.DoesNotContain("var(--", svg);
        Assert.DoesNotContain("NaN", svg);
        Assert.DoesNotContain(Experiment.Script, svg);
        Assert.Contains("Vitrine, run planted, seed 10", svg);
        Assert.Contains("step 900", svg);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task APictureHasItsKeyAndItsPrompts()
    {
        await using OpenReport open = await Open("patching");
        string svg = await open.SaveAsync("SVG", "patching");
        Assert.Contains(">clean: “", svg);
        Assert.Contains(">corrupt: “", svg);
        Assert.Contains(">answer “", svg);
        Assert.Contains("share of the difference", svg);
        Assert.Contains(">−0.5<", svg);
    }

    [Fact]
    public async Task ACsvHoldsNumbersAndUnalteredBytes()
    {
        await using OpenReport open = await Open("circuit");
        string[][] claims = Cells(await open.SaveAsync("CSV", "circuit"));
        Assert.All(
            claims, row => Assert.True(double.TryParse(row[1], CultureInfo.InvariantCulture, out _)));
        await open.Page.EvaluateAsync("() => { location.hash = '#/2-layer/token?token=7'; }");
        string[][] tokens = Cells(await open.SaveAsync("CSV", "token"));
        string[] equals = [.. tokens.Where(row => row[3] == "7").Select(row => row[4]).Distinct()];
        Assert.Equal([@"\x3D" + new string('=', 63)], equals);

        static string[][] Cells(string csv) =>
            [.. csv.TrimEnd().Split("\r\n").Skip(1).Select(line => line.Split(','))];
    }

    private Task<OpenReport> Open(string section) =>
        chromium.OpenPageAsync("circuits", CircuitPage.All, $"#/2-layer/{section}");
}
