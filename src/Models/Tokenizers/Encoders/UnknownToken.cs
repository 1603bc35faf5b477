namespace Vitrine.Models.Tokenizers.Encoders;

/// <summary>The token of what a vocabulary lacks; it may be missing itself until it is
/// needed.</summary>
/// <param name="spelling">How the file spells it.</param>
/// <param name="id">Its id; null if the vocabulary lacks it.</param>
internal sealed class UnknownToken(string spelling, int? id)
{
    /// <summary>Its id.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary lacks it.</exception>
    public int Id => id ?? throw new InvalidOperationException(
        "Tokenizer: the text has what the vocabulary lacks, and its token for that, "
        + $"\"{PrintableText.Value(spelling)}\", is missing; add it to the model's vocab.");

    /// <summary>The unknown token of a vocabulary.</summary>
    public static UnknownToken Of(string spelling, VocabularyIndex vocabulary) =>
        new(spelling, vocabulary.TryGet(spelling, out int id) ? id : null);
}
