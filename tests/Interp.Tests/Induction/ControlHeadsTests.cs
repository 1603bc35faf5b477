using Vitrine.Interp.Induction;

namespace Vitrine.Interp.Tests.Induction;

public class ControlHeadsTests
{
    [Fact]
    public void AllSetsOfAsManyOthersAreTriedWhereTheyAreFew() => Assert.Equal(
        ["1.0 1.2", "1.0 1.4", "1.2 1.4"], Sets([new(1, 1), new(1, 3)], perLayer: 5));

    [Fact]
    public void EachLayerGivesItsOwn() => Assert.Equal(
        ["0.0 1.1", "0.0 1.2"], Sets([new(0, 1), new(0, 2), new(1, 0)], perLayer: 3));

    [Fact]
    public void ALayerWithFewerOthersGivesThemAll() =>
        Assert.Equal(["1.0"], Sets([new(1, 1), new(1, 2), new(1, 3)], perLayer: 4));

    [Fact]
    public void WhereThereAreNoOthersThereIsNoControl() =>
        Assert.Empty(Sets([new(1, 0), new(1, 1)], perLayer: 2));

    [Fact]
    public void OfManySetsSixteenDifferentOnesAreDrawn()
    {
        Head[] heads = [new(0, 1), new(1, 3), new(1, 7)];
        string[] drawn = Sets(heads, perLayer: 12);
        Assert.Equal(ControlHeads.Most, drawn.Distinct().Count());
        Assert.All(drawn, set =>
        {
            string[] names = set.Split(' ');
            Assert.Equal(3, names.Distinct().Count());
            Assert.Empty(names.Intersect(heads.Select(head => head.ToString())));
            Assert.Equal(1, names.Count(name => name.StartsWith("0.", StringComparison.Ordinal)));
        });
        Assert.Equal(drawn, Sets(heads, perLayer: 12));
        Assert.NotEqual(drawn, Sets(heads, perLayer: 12, seed: 1));
    }

    private static string[] Sets(Head[] heads, int perLayer, ulong seed = 0) =>
        [.. ControlHeads.Of(heads, perLayer, seed).Select(set => string.Join(' ', set))];
}
