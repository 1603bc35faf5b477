namespace Vitrine.Interp.Tests;

public class HeadTests
{
    [Theory]
    [InlineData("1.3", 1, 3)]
    [InlineData("L1H3", 1, 3)]
    [InlineData(" l10h11 ", 10, 11)]
    public void Both_spellings_are_read(string text, int layer, int index)
    {
        Assert.True(Head.TryParse(text, out Head head));
        Assert.Equal(new Head(layer, index), head);
        Assert.Equal($"{layer}.{index}", head.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData("-1.3")]
    [InlineData("1.3.2")]
    [InlineData("LH")]
    [InlineData("L1.3")]
    public void Anything_else_is_not(string? text) => Assert.False(Head.TryParse(text, out _));

    [Fact]
    public void A_head_outside_the_model_is_refused_with_what_there_is()
    {
        Assert.Equal(new Head(1, 7), new Head(1, 7).In(2, 8));
        var wrong = Assert.Throws<ArgumentOutOfRangeException>(() => new Head(2, 0).In(2, 8));
        Assert.Contains("Head 2.0", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("1.7", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Head(0, 8).In(2, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Head(0, 0).In(0, 0));
    }
}
