using Vitrine.Interp.Circuits;

namespace Vitrine.Interp.Induction;

/// <summary>The place in repeated tokens where the induction head attends back and the token it
/// finds is predicted most strongly, by weight × probability.</summary>
/// <param name="Tokens">The sequence, <c>[pos]</c>.</param>
/// <param name="Source">The first occurrence of the token.</param>
/// <param name="Destination">The second occurrence: the query.</param>
/// <param name="Predicted">The likeliest next token there.</param>
/// <param name="Weight">The induction head's attention to <c>source + 1</c>.</param>
/// <param name="Probability">The probability of <paramref name="Predicted"/>.</param>
public sealed record InductionPassage(
    int[] Tokens, int Source, int Destination, int Predicted, double Weight, double Probability);

/// <summary>The 5% and 95% quantiles of other values.</summary>
/// <param name="Low">5%.</param>
/// <param name="High">95%.</param>
public sealed record Band(double Low, double High);

/// <summary>A head of an earlier layer attends to the previous token.</summary>
/// <param name="Head">The earlier head that does this most.</param>
/// <param name="Score">Its mean attention to the previous token, on held-out text.</param>
/// <param name="Sd">The standard deviation over sequences.</param>
/// <param name="ByOffset">Its mean attention 1, 2, … tokens back.</param>
/// <param name="Baseline">The other heads' attention to the previous token; null without
/// others.</param>
/// <param name="Rule">Its threshold.</param>
/// <param name="Holds">Whether it does.</param>
public sealed record PreviousTokenClaim(
    string Head, double Score, double? Sd, IReadOnlyList<double> ByOffset, Band? Baseline,
    string Rule, bool Holds);

/// <summary>The induction head's keys read that head's output.</summary>
/// <param name="Kind">K.</param>
/// <param name="From">The writer of the strongest K-composition into the induction head.</param>
/// <param name="Value">The ratio of Frobenius norms.</param>
/// <param name="Mean">The mean over random heads.</param>
/// <param name="Sd">Their standard deviation.</param>
/// <param name="Z">How many standard deviations the value is above the mean.</param>
/// <param name="Rule">Its threshold.</param>
/// <param name="Holds">Whether it does.</param>
public sealed record CompositionClaim(
    string Kind, string From, double Value, double Mean, double Sd, double Z, string Rule,
    bool Holds);

/// <summary>Through that head, a query finds the position after its own token.
/// <code>M[query, before] = W_E W_Q W_Kᵀ (W_OV of the earlier head)ᵀ W_Eᵀ</code></summary>
/// <param name="Share">The share of tokens whose largest entry is on the diagonal: the query's own
/// token preceded the key.</param>
/// <param name="Chance">The chance level.</param>
/// <param name="Of">How many tokens.</param>
/// <param name="Sample">The matrix among a few tokens, each row minus its mean and divided by its
/// largest modulus.</param>
/// <param name="Ids">These tokens.</param>
/// <param name="Rule">Its threshold.</param>
/// <param name="Holds">Whether it does.</param>
public sealed record MatchingClaim(
    double Share, double Chance, int Of, double[][] Sample, int[] Ids, string Rule, bool Holds);

/// <summary>The induction head writes what it finds.</summary>
/// <param name="Score">Σ Re λ / Σ |λ| of its OV circuit among common tokens.</param>
/// <param name="Eigenvalues">λ as (real, imaginary), over the whole vocabulary.</param>
/// <param name="Baseline">The same for random matrices.</param>
/// <param name="RaiseSelf">The share of common tokens that raise themselves.</param>
/// <param name="Rule">Its threshold.</param>
/// <param name="Holds">Whether it does.</param>
public sealed record CopyingClaim(
    double Score, IReadOnlyList<double[]> Eigenvalues, RandomSpectrum Baseline, double RaiseSelf,
    string Rule, bool Holds);

/// <summary>Without the induction heads, the second copy is as hard as the first; without as many
/// other heads, it is not.</summary>
/// <remarks>Among all sets of as many other heads in their layers (or all others if a layer has
/// fewer), at most 16 drawn by the seed, the worst for the claim is reported: the one that removes
/// most of the gain. If the layers have no other heads, the claim rests on the induction heads
/// alone.</remarks>
/// <param name="Heads">The ablated heads, with z replaced by its mean.</param>
/// <param name="Intact">The loss in the second copy, nats per token.</param>
/// <param name="Without">Without the heads.</param>
/// <param name="Others">Without the worst set of other heads; null where there are no
/// others.</param>
/// <param name="OtherHeads">These other heads.</param>
/// <param name="FirstHalf">The loss in the first copy.</param>
/// <param name="Removed">The share of the gain removed: (without − intact) / (first −
/// intact).</param>
/// <param name="OthersRemoved">The same for the others.</param>
/// <param name="Sd">Half the 95% interval of <paramref name="Without"/> over sequences.</param>
/// <param name="Rule">Its threshold.</param>
/// <param name="Holds">Whether it does, and the others do not.</param>
public sealed record AblationClaim(
    IReadOnlyList<string> Heads, double Intact, double Without, double? Others,
    IReadOnlyList<string> OtherHeads, double FirstHalf, double Removed, double? OthersRemoved,
    double? Sd, string Rule, bool Holds)
{
    /// <summary>How many sets of other heads were tested.</summary>
    public int Controls { get; init; }
}

/// <summary>Prefix matching of the best head on one kind of repeated tokens.</summary>
/// <param name="Types">How many of the commonest types tokens are drawn from: the requested number,
/// or all in the text.</param>
/// <param name="Length">The tokens of one copy; null if each sequence has its own length.</param>
/// <param name="Sequences">How many sequences.</param>
/// <param name="Head">The head with the highest mean.</param>
/// <param name="Score">Its prefix matching.</param>
/// <param name="Sd">The standard deviation over sequences.</param>
/// <param name="First">The loss in the first copy, nats per token.</param>
/// <param name="Second">The loss in the second copy.</param>
public sealed record PrefixMatchingResult(
    int Types, int? Length, int Sequences, string Head, double Score, double? Sd, double First,
    double Second);
