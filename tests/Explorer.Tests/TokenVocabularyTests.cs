using System.Text;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Explorer.Tests;

public class TokenVocabularyTests
{
    [Theory]
    [InlineData(" Congress", "<bdi class=\"chip\"><span class=\"mark\">·</span>Congress</bdi>")]
    [InlineData("ness", "<bdi class=\"chip\">ness</bdi>")]
    [InlineData("\n\n", "<bdi class=\"chip\"><span class=\"mark\">⏎⏎</span></bdi>")]
    [InlineData("\t", "<bdi class=\"chip\"><span class=\"mark\">⇥</span></bdi>")]
    [InlineData(" ", "<bdi class=\"chip\"><span class=\"mark\">·</span></bdi>")]
    [InlineData("    ", "<bdi class=\"chip\"><span class=\"mark\">·×4</span></bdi>")]
    [InlineData("\u0007", "<bdi class=\"chip\"><span class=\"box\">07</span></bdi>")]
    [InlineData("\u200B", "<bdi class=\"chip\"><span class=\"box\">U+200B</span></bdi>")]
    [InlineData("\u00A0", "<bdi class=\"chip\"><span class=\"box\">A0</span></bdi>")]
    [InlineData("\u0301", "<bdi class=\"chip\">◌\u0301</bdi>")]
    [InlineData("e\u0301", "<bdi class=\"chip\">e\u0301</bdi>")]
    [InlineData("<script>", "<bdi class=\"chip\">&lt;script&gt;</bdi>")]
    [InlineData("\">'&", "<bdi class=\"chip\">&quot;&gt;&#39;&amp;</bdi>")]
    [InlineData("<|endoftext|>", "<bdi class=\"chip special\">endoftext</bdi>")]
    public void ChipsShowWhatTheModelHas(string text, string chip) =>
        Assert.Equal(chip, Chip(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void BytesThatAreNoCharacterAreHex() =>
        Assert.Equal(
            "<bdi class=\"chip\"><span class=\"box\">E2 80</span></bdi>",
            Chip([0xE2, 0x80]));

    [Fact]
    public void LongTokensAreCutInTheMiddle() =>
        Assert.Equal(
            $"<span class=\"cut\"><bdi class=\"chip\">{new string('=', 15)}<span "
                + $"class=\"mark\">…</span>{new string('=', 8)}</bdi><span "
                + "class=\"length\">64</span></span>",
            Chip(Encoding.UTF8.GetBytes(new string('=', 64))));

    private static string Chip(byte[] bytes)
    {
        bool special = bytes.AsSpan().StartsWith("<|"u8);
        return new TokenVocabulary(
            [bytes],
            [TokenClass.Word],
            special ? new HashSet<int> { 0 } : new HashSet<int>()).Chip(0);
    }
}
