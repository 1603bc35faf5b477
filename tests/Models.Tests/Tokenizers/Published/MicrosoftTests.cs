using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using Vitrine.Models.Tokenizers.Files;
using Vitrine.Models.Tokenizers.Pipeline;
using Tokenizer = Vitrine.Models.Tokenizers.Tokenizer;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>The other library beside our own code: where it gives the same ids, and where it does
/// not, which is why there is own code (docs/architecture.md).</summary>
public class MicrosoftTests
{
    [Theory]
    [InlineData("gpt2", true)]
    [InlineData("qwen2", true)]
    [InlineData("no-bytes", true)]
    [InlineData("clip", true)]
    [InlineData("prefixed", true)]
    [InlineData("many-merges", true)]
    [InlineData("llama2", false)]
    public void BytePairsAreTheSameButForByteFallback(string kind, bool same)
    {
        JsonObject json = PublishedKinds.Make(kind);
        JsonNode model = json["model"]!;
        using var files = new TemporaryFolder();
        File.WriteAllText(files["v.json"], model["vocab"]!.ToJsonString());
        File.WriteAllLines(
            files["m.txt"],
            model["merges"]!.AsArray().Select(merge => merge is JsonArray pair
                ? $"{pair[0]} {pair[1]}" : merge!.GetValue<string>()));
        BpeTokenizer theirs = BpeTokenizer.Create(new BpeOptions(files["v.json"], files["m.txt"])
        {
            UnknownToken = model["unk_token"]?.GetValue<string>(),
            FuseUnknownTokens = model["fuse_unk"]!.GetValue<bool>(),
            ContinuingSubwordPrefix = model["continuing_subword_prefix"]?.GetValue<string>(),
            EndOfWordSuffix = model["end_of_word_suffix"]?.GetValue<string>(),
        });
        Assert.Equal(same, Agree(json, piece => theirs.EncodeToIds(piece, false, false)));
    }

    [Theory]
    [InlineData("bert-uncased")]
    [InlineData("bert-cased")]
    public void WordPiecesAreTheSame(string kind)
    {
        JsonObject json = PublishedKinds.Make(kind);
        WordPieceTokenizer theirs = WordPieceTokenizer.Create(
            new MemoryStream(Encoding.UTF8.GetBytes(string.Join(
                '\n', json["model"]!["vocab"]!.AsObject().Select(token => token.Key)))),
            new WordPieceOptions { UnknownToken = "[UNK]", MaxInputCharsPerWord = 20 });
        Assert.True(Agree(json, piece => theirs.EncodeToIds(piece, false, false)));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    public void SentencePiecesAreTheSameOnlyForPairsWithBytes(bool merges, bool bytes, bool same)
    {
        byte[] model = SentencePieceTests.Model(merges, bytes).Bytes();
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["tokenizer.model"], model);
        Tokenizer mine = Tokenizer.Load(folder.Path);
        SentencePieceTokenizer theirs = SentencePieceTokenizer.Create(
            new MemoryStream(model), addBeginningOfSentence: false, addEndOfSentence: false);
        var random = new Random(4);
        Assert.Equal(same, Enumerable.Range(0, 1000).Select(_ => GeneratedText.Next(random))
            .All(text => theirs.EncodeToIds(text).SequenceEqual(mine.Encode(text))));
    }

    private static bool Agree(JsonObject json, Func<string, IReadOnlyList<int>> theirs)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["tokenizer.json"], json.ToJsonString());
        TokenPipeline mine = TokenizerJson.Read(folder["tokenizer.json"]).Pipeline;
        var random = new Random(5);
        return Enumerable.Range(0, 1000).SelectMany(_ => Pieces(mine, GeneratedText.Next(random)))
            .All(piece =>
            {
                var ids = new List<int>();
                mine.Encoder.Encode(piece, ids);
                return theirs(piece).SequenceEqual(ids);
            });
    }

    private static IEnumerable<string> Pieces(TokenPipeline pipeline, string text)
    {
        text = pipeline.Normalizer?.Apply(new NormalText(text, true)).Text ?? text;
        var whole = new Piece(text.AsMemory(), true);
        List<Piece> pieces = pipeline.PreTokenizer is null ? [whole] : [];
        pipeline.PreTokenizer?.Split(whole, pieces);
        return pieces.Select(piece => piece.Text.ToString()).Where(piece => piece.Length > 0);
    }
}
