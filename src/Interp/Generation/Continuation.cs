using Vitrine.Interp.Attention;
using Vitrine.Models;
using Vitrine.Models.Generation;

namespace Vitrine.Interp.Generation;

/// <summary>A generated token.</summary>
/// <param name="Id">The token.</param>
/// <param name="Probability">What the model gave it, before temperature and top-k.</param>
/// <param name="Top">The likeliest tokens at its place, falling.</param>
internal sealed record GeneratedToken(int Id, double Probability, IReadOnlyList<LikelyToken> Top);

/// <summary>How a model continues a prompt, and how likely each token was.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Tokens">What was generated after it.</param>
internal sealed record Continuation(
    IReadOnlyList<int> Prompt, IReadOnlyList<GeneratedToken> Tokens)
{
    /// <summary>Prompt and generated tokens.</summary>
    public int[] All => [.. Prompt, .. Tokens.Select(token => token.Id)];

    /// <summary>Generates.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="prompt">At least one token.</param>
    /// <param name="count">How many tokens to generate.</param>
    /// <param name="options">How they are chosen.</param>
    /// <param name="top">How many candidates are kept at each place.</param>
    /// <param name="steering">What is changed in the model; null for nothing.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="ArgumentException">They do not fit into the context.</exception>
    public static Continuation Of(
        Transformer model, IReadOnlyList<int> prompt, int count, SamplingOptions options, int top,
        Steering? steering = null, CancellationToken stop = default)
    {
        using var generator = new TextGenerator(model, prompt.Count + count - 1, steering);
        var tokens = new List<GeneratedToken>();
        foreach (int id in generator.Continue(prompt, count, options))
        {
            stop.ThrowIfCancellationRequested();
            ReadOnlySpan<float> logits = generator.Logits.Span;
            double normaliser = DoubleSum.LogSumExp(logits);
            var likely = new List<LikelyToken>();
            foreach (int other in TopSelection.Of(logits, Math.Min(top, logits.Length)))
            {
                likely.Add(new LikelyToken(
                    other, logits[other], Math.Exp(logits[other] - normaliser)));
            }

            tokens.Add(new GeneratedToken(id, Math.Exp(logits[id] - normaliser), likely));
        }

        return new Continuation(prompt, tokens);
    }
}
