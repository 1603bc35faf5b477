namespace Vitrine.Models.Tokenizers;

/// <summary>What the metadata of a GGUF file says of its tokenizer, the keys
/// <c>tokenizer.ggml.*</c>; see <see cref="Tokenizer.FromGguf"/>.</summary>
public sealed record GgufTokenizer
{
    /// <summary><c>model</c>: <c>gpt2</c> (byte-level BPE), <c>llama</c> (SentencePiece BPE),
    /// <c>bert</c> (WordPiece) or <c>t5</c> (Unigram).</summary>
    public required string Model { get; init; }

    /// <summary><c>pre</c>: how text is cut before byte pairs are merged.</summary>
    public string? Pre { get; init; }

    /// <summary><c>tokens</c>: how each token is spelled, by id.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary><c>scores</c>: each token's score.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    /// <summary><c>token_type</c>: 1 text, 2 unknown, 3 control, 4 user-defined, 5 unused, 6
    /// byte.</summary>
    public IReadOnlyList<int>? TokenTypes { get; init; }

    /// <summary><c>merges</c>: two tokens with a space between them, the first merge
    /// first.</summary>
    public IReadOnlyList<string>? Merges { get; init; }

    /// <summary>The ids <c>bos_token_id</c>, <c>eos_token_id</c> and so on.</summary>
    public SpecialTokens Special { get => field ?? new(); init; }

    /// <summary><c>add_bos_token</c>; null for what is usual for the kind.</summary>
    public bool? AddBos { get; init; }

    /// <summary><c>add_eos_token</c>; null for what is usual for the kind.</summary>
    public bool? AddEos { get; init; }

    /// <summary><c>add_space_prefix</c>; null for what is usual for the kind.</summary>
    public bool? AddSpacePrefix { get; init; }

    /// <summary><c>remove_extra_whitespaces</c>; false if null.</summary>
    public bool? RemoveExtraWhitespaces { get; init; }

    /// <summary><c>precompiled_charsmap</c>: the replacements of a normaliser.</summary>
    public ReadOnlyMemory<byte> CharacterMap { get; init; }

    /// <summary><c>tokenizer.chat_template</c>.</summary>
    public string? ChatTemplate { get; init; }
}
