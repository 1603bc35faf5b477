using Vitrine.Interp.Heads;
using Vitrine.Interp.Losses;
using Vitrine.Models;
using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Interp.Comparison;

/// <summary>A token that two models do not find equally hard.</summary>
/// <param name="Passage">The passage, by its number from 1.</param>
/// <param name="Position">Its place there.</param>
/// <param name="Token">The token.</param>
/// <param name="After">The few tokens before it.</param>
/// <param name="First">The loss of the first model, nats.</param>
/// <param name="Second">The loss of the second.</param>
internal sealed record DisputedToken(
    int Passage, int Position, int Token, IReadOnlyList<int> After, double First, double Second);

/// <summary>The loss of each token of a passage under two models.</summary>
/// <param name="Passage">The passage, by its number from 1.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="First">The losses of all but the first token, nats, <c>[pos − 1]</c>.</param>
/// <param name="Second">Those of the second model.</param>
internal sealed record DisputedPassage(
    int Passage, IReadOnlyList<int> Tokens, IReadOnlyList<double> First,
    IReadOnlyList<double> Second);

/// <summary>On which tokens of held-out text two models with the same tokens disagree.</summary>
/// <param name="Tokens">How many tokens were predicted.</param>
/// <param name="SecondBetter">The share of them with a lower loss in the second model.</param>
/// <param name="Largest">The tokens with the largest difference, largest first.</param>
/// <param name="Passages">The passages of the first few of them, whole.</param>
internal sealed record TokenDisagreement(
    int Tokens, double SecondBetter, IReadOnlyList<DisputedToken> Largest,
    IReadOnlyList<DisputedPassage> Passages)
    : Analysis(
        "token-disagreement",
        "On which tokens do the models disagree?",
        "nats",
        "−ln p of each token, given those before it in its passage. Passages are pieces of "
        + "held-out documents, evenly spread over the text.")
{
    private const int Pieces = 64;
    private const int PieceTokens = 128;
    private const int Listed = 12;
    private const int Before = 6;
    private const int Shown = 3;

    /// <summary>Compares two models.</summary>
    /// <param name="first">One.</param>
    /// <param name="second">The other; its tokens are the same.</param>
    /// <param name="text">The text.</param>
    public static TokenDisagreement Of(Transformer first, Transformer second, Corpus text)
    {
        int room = new[] { first.Config.Context, second.Config.Context, PieceTokens }
            .Where(context => context > 0).Min();
        IReadOnlyList<int[]> pieces = TextWindows.HeldOut(text, Math.Max(2, room), Pieces);
        using Tensor<int> tokens = first.Batch([.. pieces]);
        float[][] one = PassageLosses.OfAll(first, tokens);
        float[][] other = PassageLosses.OfAll(second, tokens);
        DisputedToken[] all =
        [
            .. from piece in Enumerable.Range(0, pieces.Count)
               from at in Enumerable.Range(0, one[piece].Length)
               select new DisputedToken(
                   piece + 1, at + 1, pieces[piece][at + 1], [], one[piece][at],
                   other[piece][at]),
        ];
        DisputedToken[] largest =
        [
            .. all.OrderByDescending(token => Math.Abs(token.First - token.Second)).Take(Listed)
                .Select(token => token with
                {
                    After = pieces[token.Passage - 1][
                        Math.Max(0, token.Position - Before)..token.Position],
                }),
        ];
        return new TokenDisagreement(
            all.Length, all.Count(token => token.Second < token.First) / (double)all.Length,
            largest,
            [
                .. largest.Select(token => token.Passage).Distinct().Take(Shown).Order().Select(
                    passage => new DisputedPassage(
                        passage, pieces[passage - 1], [.. one[passage - 1]],
                        [.. other[passage - 1]])),
            ]);
    }
}
