using Vitrine.Interp.Heads;
using Vitrine.Models;
using Vitrine.Models.Data;
using Vitrine.Models.Generation;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Interp.Induction;

/// <summary>A prompt that a model continues by copying: a passage followed by its
/// beginning.</summary>
/// <param name="Passage">The passage, held-out text.</param>
/// <param name="Again">Its beginning.</param>
/// <param name="Continuation">The model's continuation of both, taking the likeliest token each
/// time.</param>
/// <param name="Alone">Its continuation of the beginning alone.</param>
/// <param name="Copied">How many tokens of the continuation repeat the passage.</param>
/// <param name="Length">How many tokens it has.</param>
internal sealed record CopiedPrompt(
    string Passage, string Again, string Continuation, string Alone, int Copied, int Length)
{
    private const int PassageTokens = 12;
    private const int AgainTokens = 4;
    private const int Passages = 128;

    /// <summary>Both, as given to the model.</summary>
    public string Prompt => Passage + Again;

    /// <summary>Among some held-out prompts, the one after which the most tokens are copied that do
    /// not follow from its end alone.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="corpus">The text.</param>
    /// <returns>Null if nothing is copied or the context is too short.</returns>
    public static CopiedPrompt? Find(Transformer model, Corpus corpus)
    {
        if (model.Config.Context < 2 * PassageTokens)
        {
            return null;
        }

        Tokenizer tokenizer = corpus.Tokenizer;
        return TextWindows.HeldOut(corpus, PassageTokens, Passages)
            .Where(tokens => tokens.Length == PassageTokens
                && tokenizer.Text(tokens[0]) is [' ', ..]
                && tokenizer.Decode(tokens).All(one => one == ' ' || char.IsAsciiLetterOrDigit(one)))
            .Select(tokens => Continued(model, tokenizer, tokens))
            .OfType<CopiedPrompt>().MaxBy(one => one.Copied);
    }

    private static CopiedPrompt? Continued(Transformer model, Tokenizer tokenizer, int[] passage)
    {
        int[] again = passage[..AgainTokens];
        int[] rest = passage[AgainTokens..];
        int[] after = Greedy([.. passage, .. again]);
        int[] alone = Greedy(again);
        int copied = Same(after, rest);
        var found = new CopiedPrompt(
            tokenizer.Decode(passage), tokenizer.Decode(again), tokenizer.Decode(after),
            tokenizer.Decode(alone), copied, rest.Length);
        return copied > Same(alone, rest)
            && tokenizer.Encode(found.Prompt).SequenceEqual([.. passage, .. again]) ? found : null;

        int[] Greedy(int[] prompt)
        {
            using var generator = new TextGenerator(model, prompt.Length + rest.Length);
            return [.. generator.Continue(prompt, rest.Length, SamplingOptions.Greedy)];
        }

        static int Same(int[] one, int[] other) =>
            one.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
    }
}
