using Vitrine.Interp.Heads;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers;
using Vitrine.Models.Training;

namespace Vitrine.Interp.Tests;

/// <summary>A model folder opened by the library: tokens, heads, text and counts, and what it says
/// of what it does not have.</summary>
public sealed class SubjectTests : IDisposable
{
    private const int Merges = 100;
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-subject-").FullName;
    private readonly string _named;
    private readonly string _bare;

    public SubjectTests()
    {
        _named = Path.Combine(_folder, "named");
        _bare = Path.Combine(_folder, "bare");
        var tokenizer = Tokenizer.Gpt2(Merges);
        Save(_named, tokenizer.VocabularySize);
        tokenizer.Save(_named);
        Save(_bare, 40);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tokens_are_texts_or_numbers()
    {
        using Subject subject = Subject.Open(_named);
        int[] ids = subject.Tokens("the people<|endoftext|>");
        Assert.Equal(subject.Tokenizer!.EndOfText, ids[^1]);
        Assert.Equal("the people", subject.Tokenizer.Decode(ids.AsSpan(0, ids.Length - 1)));
        Assert.Equal(ids[0], subject.Token(subject.Text(ids[0])));
        Assert.Equal([5, 17], subject.Ids("5, 17"));
        Assert.Equal(17, subject.Token("#17"));
    }

    [Fact]
    public void Without_a_tokenizer_tokens_are_numbers_and_the_path_is_named()
    {
        using Subject subject = Subject.Open(_bare);
        Assert.Equal("#5", subject.Text(5));
        Assert.Equal("#5", subject.Display(5));
        Refused($"prompt: {_bare} has no tokenizer", () => subject.Tokens("x", "prompt"));
        Refused($"answer: {_bare} has no tokenizer", () => subject.Token("x", "answer"));
        Assert.Null(subject.Corpus);
        Assert.Null(subject.Counts);
    }

    [Fact]
    public void What_cannot_be_meant_is_refused_with_what_can()
    {
        using Subject subject = Subject.Open(_bare);
        Refused("ids: tokens are numbers 0 … 39", () => subject.Ids("5,40", "ids"));
        Refused("answer: tokens are #0 … #39; got “#40”", () => subject.Token("#40", "answer"));
        Refused("head: a head is written 1.3 or L1H3", () => subject.Head("x", "head"));
        Refused("1.1", () => subject.Head("2.0"));
        using Subject named = Subject.Open(_named);
        Refused("prompt: the text is empty", () => named.Tokens("", "prompt"));
        Refused("is not one token but", () => named.Token(" Congresss"));
        Assert.Equal(new Head(1, 1), subject.Head("L1H1"));
        Assert.Equal(["0.0", "0.1", "1.0", "1.1"], subject.Heads.Select(head => $"{head}"));
    }

    [Fact]
    public void The_text_of_the_run_is_read_once_and_only_when_asked_for()
    {
        string text = Written("one two three four. ", 200);
        Note(text);
        var told = new List<string>();
        using Subject subject = Subject.Open(_named, opened: corpus => told.Add(corpus.Name));
        Assert.Empty(told);
        Assert.Equal(subject.Corpus!.Train.Length, subject.Counts!.FirstCounts.ToArray().Sum() + 1);
        Assert.Single(told);
        Assert.Same(subject.Corpus, subject.Corpus);
    }

    [Fact]
    public void A_text_that_has_moved_is_named_and_may_be_given()
    {
        string gone = Path.Combine(_folder, "gone.txt");
        Note(gone);
        using (Subject subject = Subject.Open(_named))
        {
            Assert.Contains(gone, Assert.Throws<FileNotFoundException>(
                () => subject.Corpus).Message, StringComparison.Ordinal);
        }

        using Subject moved = Subject.Open(_named, Written("one two three four. ", 200));
        Assert.NotNull(moved.Counts);
    }

    [Fact]
    public void A_text_of_other_tokens_is_refused()
    {
        using Subject subject = Subject.Open(_bare, Written("one two three four. ", 200));
        Assert.Contains($"{_bare}: its vocabulary is 40", Assert.Throws<InvalidDataException>(
            () => subject.Corpus).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Repeats_fit_the_context_and_are_of_the_list()
    {
        using Subject subject = Subject.Open(_bare);
        RepeatedTokens drawn = subject.Repeats(null, null, 3, seed: 1);
        Assert.Equal((3, 8), (drawn.Sequences.Count, drawn.Length));
        Assert.Equal("length", Assert.Throws<ArgumentException>(
            () => subject.Repeats(null, 9, 1, seed: 1)).ParamName);
        Assert.Equal("draw", Assert.Throws<ArgumentException>(
            () => subject.Repeats(TokenDraw.Common, null, 1, seed: 1)).ParamName);
    }

    private static void Refused(string said, Action ask) => Assert.Contains(
        said, Assert.Throws<RequestException>(ask).Message, StringComparison.Ordinal);

    private static void Save(string path, int vocabulary)
    {
        TransformerConfig config = TransformerConfig.AttentionOnly(
            layers: 2, heads: 2, dModel: 8, dHead: 4, vocabulary, context: 16);
        using Transformer model = Transformer.Initial(config, seed: 1);
        model.Save(path);
    }

    private string Written(string sentence, int times)
    {
        string path = Path.Combine(_folder, "text.txt");
        File.WriteAllText(path, string.Concat(Enumerable.Repeat(sentence, times)));
        return path;
    }

    private void Note(string text)
    {
        using RunFolder folder = RunFolder.Resume(_named);
        new RunNotes(
            "2-layer", text, TextDigest: null, folder.ReadConfig(),
            new Recipe { Merges = Merges }, DateTimeOffset.UnixEpoch, "1.0").Write(folder);
    }
}
