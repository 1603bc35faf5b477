namespace Vitrine.Models.Tokenizers;

/// <summary>The ids of a tokenizer's special tokens by their role; null where it has
/// none.</summary>
/// <param name="Bos">Begins a sequence.</param>
/// <param name="Eos">Ends a sequence.</param>
/// <param name="Pad">Fills a batch.</param>
/// <param name="Unk">Stands for what the vocabulary lacks.</param>
/// <param name="Mask">Stands for a token to predict.</param>
/// <param name="Cls">Begins an input that is classified.</param>
/// <param name="Sep">Separates two texts.</param>
public sealed record SpecialTokens(
    int? Bos = null, int? Eos = null, int? Pad = null, int? Unk = null, int? Mask = null,
    int? Cls = null, int? Sep = null);
