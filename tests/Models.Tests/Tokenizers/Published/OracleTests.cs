using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>Every kind of tokenizer.json beside the Rust library that such files are made
/// with.</summary>
/// <remarks><c>VITRINE_TOKENIZER_TEXTS</c> is the number of texts for each kind; 1500 if
/// unset.</remarks>
public class OracleTests
{
    private static int Texts => int.Parse(
        Environment.GetEnvironmentVariable("VITRINE_TOKENIZER_TEXTS") ?? "1500",
        CultureInfo.InvariantCulture);

    public static TheoryData<string> Kinds => [.. PublishedKinds.Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void IdsAndTextsAreTheOracles(string kind) =>
        Compare(PublishedKinds.Make(kind), kind, Texts);

    [Fact]
    public void IdsAndTextsOfMiniLmAreTheOracles()
    {
        string path = Repository.Shared("data/models/all-minilm-l6-v2/tokenizer.json");
        JsonObject tokenizer = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        tokenizer["truncation"] = null;
        tokenizer["padding"] = null;
        Compare(tokenizer, "minilm", Texts);
    }

    private static void Compare(JsonObject json, string kind, int texts)
    {
        using var folder = new TemporaryFolder();
        string path = folder["tokenizer.json"];
        File.WriteAllText(path, json.ToJsonString());
        using var oracle = new global::Tokenizers.DotNet.Tokenizer(path);
        Tokenizer mine = Tokenizer.Load(path);
        var random = new Random(kind.Sum(c => c));
        for (int i = 0; i < texts; i++)
        {
            string text = GeneratedText.Next(random);
            uint[] expected = oracle.Encode(text);
            int[] ids = mine.EncodeInput(text, allowSpecial: true).Ids;
            Assert.True(
                expected.Select(id => (int)id).SequenceEqual(ids),
                $"{kind}, text {i}, \"{Escaped(text)}\": expected {Shown(mine, expected)}; got "
                + Shown(mine, ids.Select(id => (uint)id)));
            string decoded = oracle.Decode(expected);
            string back = mine.Decode(ids, skipSpecial: true);
            Assert.True(
                decoded == back,
                $"{kind}, text {i}, \"{Escaped(text)}\": {Shown(mine, expected)} must be "
                + $"\"{Escaped(decoded)}\"; got \"{Escaped(back)}\"");
        }
    }

    private static string Shown(Tokenizer tokenizer, IEnumerable<uint> ids) => string.Join(
        ' ', ids.Select(id => $"{id}:{Escaped(tokenizer.Spelling((int)id))}"));

    private static string Escaped(string text) => string.Concat(text.EnumerateRunes().Select(
        rune => rune.Value is > 32 and < 127 ? rune.ToString() : $"\\x{{{rune.Value:X}}}"));
}
