using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Interp;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Patching;
using Vitrine.Tensors;

namespace Vitrine.Explorer.Tests.Circuits;

/// <summary>How analyses become what the figures draw.</summary>
public class CircuitShapeTests
{
    [Fact]
    public void PicturesKeepThinDiagonals()
    {
        const int positions = 150;
        float[] weights = new float[positions * positions];
        for (int query = 1; query < positions; query++)
        {
            weights[(query * positions) + query - 1] = 1;
            weights[(query * positions) + Math.Min(positions - 1, query + 1)] = 1; // masked
        }

        using var patterns = Tensor.From<float>(weights, [1, positions, positions]);
        var pictures = HeadPatterns.Of("repeats", [new Head(1, 2)], patterns);
        Assert.Equal(HeadPatterns.Largest, pictures.Size);
        Assert.Equal(["1.2"], pictures.Heads);
        for (int row = 0; row < pictures.Size; row++)
        {
            ReadOnlySpan<byte> cells = pictures.Cells.AsSpan(row * pictures.Size, pictures.Size);
            Assert.Equal(255, cells[..(row + 1)].ToArray().Max());
            Assert.Equal(-1, cells[(row + 1)..].IndexOfAnyExcept((byte)0));
        }

        Assert.Throws<ArgumentException>(() =>
            HeadPatterns.Of("repeats", [new Head(0, 0), new Head(0, 1)], patterns));
        using Tensor<float> one = patterns.Select(0, 0).Contiguous();
        Assert.Throws<ArgumentException>(() => FilmFrame.Of(new Head(0, 0), 1, one, 151));
        Assert.Equal(pictures.Cells, FilmFrame.Of(new Head(1, 2), 1, one, 64).Thumb);
    }

    [Fact]
    public void SweepsBecomeMapsWithHeadsBeside()
    {
        var figure = PatchingFigure.Of(
            Sweep(PatchSite.ResidPre, PatchScope.Position),
            Sweep(PatchSite.Z, PatchScope.AllPositions));
        PatchingSite site = Assert.Single(figure.Sites);
        Assert.Equal("resid_pre", site.Site);
        Assert.Equal("blocks.{layer}.hook_resid_pre", site.Hook);
        Assert.Null(site.Rows);
        Assert.NotNull(site.Heads);
        Assert.Equal("blocks.{layer}.attn.hook_z", site.Heads.Hook);
        Assert.Equal(0.05, site.Approx!.MeanError, 12);
        Assert.Equal(0.1, site.Approx.LargestError, 12);
        PatchingDetail detail = site.Details["1,1"];
        Assert.Equal(new ComparedToken(15, 0.7, 0.1, 0.4), detail.Top[0]);
        Assert.Equal(2, figure.Pairs);
        Assert.Equal([15, 9], figure.Answers!.Clean.Select(answer => answer.Id));
        PatchingFigure alone = PatchingFigure.Of(Sweep(PatchSite.Z, PatchScope.AllPositions));
        Assert.Equal("head", Assert.Single(alone.Sites).Axis);
        Assert.Throws<ArgumentException>(() => PatchingFigure.Of());
        Assert.Throws<ArgumentException>(() =>
            PatchingFigure.Of(
                Sweep(PatchSite.Q, PatchScope.Position),
                Sweep(PatchSite.K, PatchScope.Position) with { Corrupt = [[1, 2]] }));
    }

    [Fact]
    public void PlacesOfASkipTrigramAreShown()
    {
        int[] stream = [33, .. Enumerable.Repeat(1, 20), 9, 5, 10, 9, 33, 9, 7, 7, 10, 9, 10, 8];
        var text = new SkipTrigramText(stream, endOfText: 33, vocabulary: 34, window: 128);
        IReadOnlyList<SkipTrigramPassage> places = SkipTrigramPassage.Of(
            text, new SkipTrigram(9, 10, 9), most: 3);
        Assert.Equal(2, places.Count);
        Assert.Equal([1, 1, 1, 1, 1, 1, 9, 5, 10, 9], places[0].Tokens);
        Assert.All(
            places,
            place =>
            {
                Assert.Equal(9, place.Tokens[place.Source]);
                Assert.Equal(10, place.Tokens[place.Destination]);
                Assert.Equal(9, place.Tokens[place.Destination + 1]);
            });
        SkipTrigramTable table = CircuitPage.Trigrams().Tables[0];
        var figure = SkipTrigramFigure.Of([table], text);
        Assert.Equal(2, figure.Passages["9 10 9"].Count);
        Assert.Empty(figure.Passages["10 16 11"]);
    }

    private static PatchingSweep Sweep(PatchSite site, PatchScope scope)
    {
        bool heads = scope == PatchScope.AllPositions;
        Interp.Patching.PredictedToken[] clean = [new(15, 0.7), new(9, 0.1)];
        return new PatchingSweep(
            site,
            scope,
            "layer",
            ["0", "1"],
            heads ? "head" : "pos",
            2,
            [[17, 15], [17, 9]],
            [[17, 10], [17, 10]],
            [15, 15],
            [9, 9],
            MetricKind.LogitDifference,
            6,
            -4,
            [[0, 1], [0, 0.5]],
            [[true, false], [true, false]],
            new Dictionary<string, PatchDetail>
            {
                ["1,1"] = new(
                    "blocks.1.hook_resid_pre", null, 1, 0.5, 6, -4, 1, 0.4, clean, [],
                    [new(15, 0.4)])
                {
                    Compared = [new(15, 0.7, 0.1, 0.4)],
                },
            },
            [[0, 1], [0, 0.4]]);
    }
}
