using System.Globalization;
using Microsoft.Playwright;
using Vitrine.Interp.Findings;

namespace Vitrine.Explorer.Tests.Fixtures;

/// <summary>A page with an attention section: two layers of three heads on two passages.</summary>
internal static class AttentionPage
{
    public static readonly AttentionView TwoLayers = AttentionExamples.View(
        [AttentionExamples.HardPassage, [3, 4, 5, 3, 4]],
        layers: 2,
        heads: 3,
        new AttentionOpening("1", "1.1", 40, 7));

    public static Task<OpenReport> OpenAsync(
        Chromium chromium,
        string hash = "",
        BrowserNewContextOptions? options = null) =>
        chromium.OpenPageAsync("attention", () => SmallPage.Of(Section(TwoLayers)), hash, options);

    public static (int Key, double Weight) Strongest(string head, int query)
    {
        float[] map = Maps(head);
        int key = Enumerable.Range(0, query + 1).MaxBy(k => map[(query * 48) + k]);
        return (key, map[(query * 48) + key]);
    }

    /// <summary>The pattern of a head on the first passage, row by row.</summary>
    public static float[] Maps(string head)
    {
        PackedPatterns packed = TwoLayers.Passages[0].Measures["weight"];
        int at = packed.Maps.ToList().IndexOf(head);
        return packed.Unpack()[(at * 48 * 48)..((at + 1) * 48 * 48)];
    }

    public static ReportSection Section(AttentionView view) =>
        new()
        {
            Key = "attention",
            Name = "Attention",
            Heading = "Where does the head attend?",
            Finding = string.Create(
                CultureInfo.InvariantCulture,
                $"{view.Passages.Count} passages."),
            Component = "vt-attention",
            Data = view,
            Caption = "Hover a token.",
        };
}
