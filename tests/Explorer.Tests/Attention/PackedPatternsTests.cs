using System.Text.Json;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests.Attention;

/// <summary>Patterns as bytes or halves, from C# to the page.</summary>
public class PackedPatternsTests(Chromium chromium)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PackedValuesComeBackAsTheyWerePacked(bool halves)
    {
        PatternPrecision precision = halves ? PatternPrecision.Half : PatternPrecision.Byte;
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, 2 * 81).Select(_ => random.NextSingle() * 3)];
        var packed = PackedPatterns.Of(values, 9, ["0.0", "0.1"], precision);
        float[] unpacked = packed.Unpack();
        Assert.InRange(
            packed.LargestError,
            0,
            precision is PatternPrecision.Byte ? 3.0 / 509 : 3.0 / 2047);
        for (int i = 0; i < values.Length; i++)
        {
            bool seen = i % 9 <= i / 9 % 9;
            Assert.InRange(
                Math.Abs(unpacked[i] - (seen ? values[i] : 0)),
                0,
                packed.LargestError + 1e-7);
        }

        var passage = new AttentionPassage
        {
            Name = "1",
            Tokens = [.. Enumerable.Range(0, 9)],
            Measures = new Dictionary<string, PackedPatterns> { ["weight"] = packed },
        };
        await using OpenReport open = await chromium.OpenPageAsync(
            $"packed-{precision}",
            () => SmallPage.Of(AttentionPage.Section(new AttentionView { Passages = [passage] })),
            "#/2-layer/attention?head=0.1");
        await open.Page.Locator(".heat svg").WaitForAsync();
        float[] shown = (
            await open.Page.EvaluateAsync<JsonElement>(
                "() => [...document.querySelector('vt-attention-map').values]")
        ).Deserialize<float[]>()!;
        float[] expected =
        [
            .. from q in Enumerable.Range(0, 9)
            from k in Enumerable.Range(0, q + 1)
            select unpacked[81 + (q * 9) + k],
        ];
        Assert.All(expected.Zip(shown), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void WhatCannotBePackedIsNamed()
    {
        Assert.Contains(
            "pass 18",
            Assert.Throws<ArgumentException>(
                () => PackedPatterns.Of([1, 2], 3, ["a", "b"])).Message);
        Assert.Contains(
            "as halves",
            Assert
                .Throws<ArgumentException>(() =>
                    PackedPatterns.Of([-1], 1, ["a"], PatternPrecision.Byte))
                .Message);
        Assert.Equal(1, PackedPatterns.Of([float.NaN], 1, ["a"]).NotFinite);
    }
}
