using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>A tokenizer as its files define it.</summary>
internal sealed record TokenizerDefinition
{
    /// <summary>How each token is spelled, by id; null where an id has no token.</summary>
    public required IReadOnlyList<string?> Spellings { get; init; }

    /// <summary>What turns text into tokens and back.</summary>
    public required TokenPipeline Pipeline { get; init; }

    /// <summary>The bytes that a spelling stands for.</summary>
    public required Func<string, byte[]> BytesOf { get; init; }

    /// <summary>Whether a space is put before texts, so that a token is better found by its text
    /// than by encoding that.</summary>
    public bool FindsByText { get; init; }

    /// <summary>Special tokens by role.</summary>
    public SpecialTokens Special { get; init; } = new();

    /// <summary>The chat template's text.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The files that the tokenizer can be read from again.</summary>
    public IReadOnlyList<(string Name, byte[] Content)> Files { get; init; } = [];

    /// <summary>A hash of all that ids depend on.</summary>
    public required byte[] Hash { get; init; }
}
