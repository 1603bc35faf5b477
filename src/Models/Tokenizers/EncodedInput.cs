namespace Vitrine.Models.Tokenizers;

/// <summary>A model's input: one text or a pair, with the special tokens that the model
/// expects.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="TypeIds">For each token the text it belongs to, 0 or 1, where the model tells them
/// apart.</param>
public sealed record EncodedInput(int[] Ids, int[] TypeIds);
