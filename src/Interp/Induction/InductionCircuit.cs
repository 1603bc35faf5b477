using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Models;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Induction;

/// <summary>The induction circuit of a model, or the parts it lacks.</summary>
/// <remarks>
/// <para>A head in an earlier layer writes the previous token at every position
/// (<see cref="Previous"/>); the induction head's keys read that (<see cref="Composition"/>), so a
/// query finds the positions whose previous token equals its own (<see cref="Matching"/>), and the
/// token there is copied to the output (<see cref="Copying"/>); without the head the second copy of
/// a repeated sequence is no easier than the first (<see cref="Ablation"/>). Elhage et al. (2021),
/// "Two-layer attention-only transformers"; Olsson et al. (2022), "In-context Learning and
/// Induction Heads".</para>
/// <para>The head is the argmax of prefix matching on repeated random tokens drawn from the 1,000
/// commonest types; nothing is chosen by hand.</para>
/// </remarks>
/// <param name="Head">The induction head.</param>
/// <param name="Score">Its prefix matching.</param>
/// <param name="Heads">Every head with prefix matching of at least 0.3: those that are
/// ablated.</param>
/// <param name="Passage">A place where it attends back.</param>
/// <param name="Previous">The first claim.</param>
/// <param name="Composition">The second.</param>
/// <param name="Matching">The third.</param>
/// <param name="Copying">The fourth.</param>
/// <param name="Ablation">The fifth.</param>
/// <param name="PrefixMatching">On common and on all types, and at other distances.</param>
/// <param name="InContext">The in-context-learning score on held-out text.</param>
public sealed record InductionCircuit(
    string Head,
    double Score,
    IReadOnlyList<string> Heads,
    InductionPassage Passage,
    PreviousTokenClaim Previous,
    CompositionClaim Composition,
    MatchingClaim Matching,
    CopyingClaim Copying,
    AblationClaim Ablation,
    IReadOnlyList<PrefixMatchingResult> PrefixMatching,
    InContextScore InContext)
    : Analysis(
        "induction-circuit",
        "How does induction work, and what is the evidence?",
        "share of attention; nats per token",
        "Head: the highest prefix matching on repeated random tokens. Previous token: mean "
        + "attention on held-out text. Composition: ratio of Frobenius norms compared with random "
        + "heads. Matching: the largest entry of each row of W_E W_Q W_Kᵀ W_OVᵀ W_Eᵀ. Copying: "
        + "eigenvalues of W_E W_V W_O W_U. Ablation: z is replaced by its mean.")
{
    /// <summary>Whether the head is an induction head and every claim holds.</summary>
    public bool Found => Score >= InductionOptions.LeastScore && Previous.Holds && Composition.Holds
        && Matching.Holds && Copying.Holds && Ablation.Holds;

    /// <summary>Measures a model.</summary>
    /// <param name="model">A model of at least two layers; borrowed.</param>
    /// <param name="corpus">The text it was trained on: common tokens, and held-out pieces.</param>
    /// <param name="options">The measurement options; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has one layer, or none.</exception>
    public static InductionCircuit Of(
        Transformer model, Corpus corpus, InductionOptions? options = null)
    {
        options ??= new InductionOptions();
        var counts = BigramCounts.Of(
            corpus.Train, corpus.Tokenizer.EndOfText, model.Config.Vocabulary);
        TokenSubset common = TokenSubset.Common(counts, TokenSubset.MinCountFor(counts));
        var measurement = new InductionMeasurement(model, corpus, common, options);
        RepeatedTokens repeats = options.Repeats(
            corpus, model, options.Types[0], options.Lengths[0]);
        return measurement.Measure(
            repeats, HeadScores.OnRepeatedTokens(model, repeats, copying: false));
    }
}
