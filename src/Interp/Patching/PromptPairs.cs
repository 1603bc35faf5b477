using Vitrine.Models;
using Vitrine.Models.Tokenizers;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <summary>Clean and corrupt prompts that correspond position by position, with the tokens whose
/// logits are compared after them.</summary>
/// <remarks>All prompts have the same length. Several pairs are one experiment on a batch: a metric
/// is the mean over them, and a patch applies to all of them at once.</remarks>
public sealed class PromptPairs
{
    private readonly int[][] _clean;
    private readonly int[][] _corrupt;

    /// <summary>Checks that the prompts correspond.</summary>
    /// <param name="clean">The prompts with the behaviour.</param>
    /// <param name="corrupt">The prompts without it, in the same number and length.</param>
    /// <param name="answers">The token that continues each clean prompt.</param>
    /// <param name="versus">The token that continues each corrupt prompt; null if the metric needs
    /// none.</param>
    /// <param name="display">How messages show a token; null for <c>#5</c>.</param>
    /// <exception cref="PromptMismatchException">A pair differs in its number of
    /// tokens.</exception>
    /// <exception cref="ArgumentException">There are no prompts, one is empty or of another length
    /// than the first, or there is not one answer for each.</exception>
    public PromptPairs(
        IReadOnlyList<int[]> clean, IReadOnlyList<int[]> corrupt, IReadOnlyList<int> answers,
        IReadOnlyList<int>? versus = null, Func<int, string>? display = null)
    {
        if (clean.Count == 0 || clean.Count != corrupt.Count || clean.Count != answers.Count
            || (versus is not null && versus.Count != clean.Count))
        {
            throw new ArgumentException(
                "Prompts: at least one pair is needed, with an answer for each; got "
                + $"{clean.Count} clean, {corrupt.Count} corrupt, {answers.Count} answers"
                + (versus is null ? "." : $", {versus.Count} versus."));
        }

        for (int i = 0; i < clean.Count; i++)
        {
            if (clean[i].Length == 0 || corrupt[i].Length == 0)
            {
                throw new ArgumentException(
                    $"Prompts: no prompt may be empty; got one in pair {i}.");
            }

            if (clean[i].Length != corrupt[i].Length)
            {
                throw new PromptMismatchException(
                    clean[i], corrupt[i], display ?? (id => $"#{id}"));
            }

            if (clean[i].Length != clean[0].Length)
            {
                throw new ArgumentException(
                    "Prompts: all pairs of an experiment must have the same length, so that "
                    + $"positions correspond; got {clean[0].Length} tokens in pair 0 and "
                    + $"{clean[i].Length} in pair {i}.");
            }
        }

        _clean = [.. clean];
        _corrupt = [.. corrupt];
        Answers = [.. answers];
        Versus = versus is null ? null : [.. versus];
        FirstDifference = Enumerable.Range(0, Count)
            .Min(i => PromptMismatchException.Difference(_clean[i], _corrupt[i]));
    }

    /// <summary>How many pairs there are.</summary>
    public int Count => _clean.Length;

    /// <summary>Tokens in each prompt.</summary>
    public int Length => _clean[0].Length;

    /// <summary>The clean prompts' tokens.</summary>
    public IReadOnlyList<int[]> Clean => _clean;

    /// <summary>The corrupt prompts' tokens.</summary>
    public IReadOnlyList<int[]> Corrupt => _corrupt;

    /// <summary>The token that continues each clean prompt.</summary>
    public IReadOnlyList<int> Answers { get; }

    /// <summary>The token that continues each corrupt prompt, or null.</summary>
    public IReadOnlyList<int>? Versus { get; }

    /// <summary>The first position at which any pair differs; before it every activation is the
    /// same in both runs. <see cref="Length"/> if none does.</summary>
    public int FirstDifference { get; }

    /// <summary>One pair of texts.</summary>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="clean">The prompt with the behaviour; <c>&lt;|endoftext|&gt;</c> in it is the
    /// special token.</param>
    /// <param name="corrupt">The prompt without it.</param>
    /// <param name="answer">One token, leading space included.</param>
    /// <param name="versus">One token, or null.</param>
    /// <exception cref="PromptMismatchException">They differ in their number of tokens.</exception>
    /// <exception cref="ArgumentException">A prompt is empty, or an answer is not one
    /// token.</exception>
    public static PromptPairs Of(
        Tokenizer tokenizer, string clean, string corrupt, string answer, string? versus = null) =>
            new(
        [tokenizer.Encode(clean, allowSpecial: true)],
        [tokenizer.Encode(corrupt, allowSpecial: true)],
        [SingleToken(tokenizer, answer)],
        versus is null ? null : [SingleToken(tokenizer, versus)],
        tokenizer.Display);

    /// <summary>Checks the pairs against a model.</summary>
    /// <exception cref="ArgumentException">A token is not in the vocabulary, or the prompts are
    /// longer than the context.</exception>
    public void CheckFor(int vocabulary, int context)
    {
        if (context > 0 && Length > context)
        {
            throw new ArgumentException(
                $"Prompts: the model's context is {context} tokens; got {Length}; shorten the "
                + "prompts.");
        }

        IEnumerable<int> all = _clean.Concat(_corrupt).SelectMany(tokens => tokens)
            .Concat(Answers).Concat(Versus ?? []);
        foreach (int id in all)
        {
            if (id < 0 || id >= vocabulary)
            {
                throw new ArgumentException(
                    $"Prompts: the model's tokens are 0 … {vocabulary - 1}; got {id}.");
            }
        }
    }

    /// <summary>The single token of an answer.</summary>
    /// <exception cref="ArgumentException">It is several tokens; the message names them and the
    /// nearest single tokens.</exception>
    public static int SingleToken(Tokenizer tokenizer, string text)
    {
        if (tokenizer.TrySingle(text, out int id))
        {
            return id;
        }

        int[] pieces = tokenizer.Encode(text, allowSpecial: true);
        throw new ArgumentException(
            $"Answer: an answer is one token; got “{text}”, which is {pieces.Length}: "
            + $"{Join(pieces)}. "
            + $"Nearest single tokens: {Join(tokenizer.NearestSingle(text, 5))} (· is a space).");

        string Join(IEnumerable<int> ids) => string.Join("  ", ids.Select(tokenizer.Display));
    }

    /// <summary>int32 [pair, pos]; the caller owns it.</summary>
    internal Tensor<int> CleanTensor(Transformer model) => model.Batch(_clean);

    /// <inheritdoc cref="CleanTensor"/>
    internal Tensor<int> CorruptTensor(Transformer model) => model.Batch(_corrupt);
}
