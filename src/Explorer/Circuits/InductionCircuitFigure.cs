namespace Vitrine.Explorer;

/// <summary>What <c>vt-induction-circuit</c> draws: a real passage, and five claims, each measured on
/// its own.</summary>
public sealed record InductionCircuitFigure
{
    /// <summary>The induction head, as <c>1.2</c>: that with the highest prefix matching.</summary>
    public required string Head { get; init; }

    /// <summary>The passage of the diagram.</summary>
    public required CircuitPassage Passage { get; init; }

    /// <summary>Claim 1: a head of an earlier layer looks at the token before.</summary>
    public required PreviousTokenClaim Previous { get; init; }

    /// <summary>Claim 2: the induction head's keys read what that head writes.</summary>
    public required CompositionClaim Composition { get; init; }

    /// <summary>Claim 3: through it, a token finds itself.</summary>
    public required MatchingClaim Matching { get; init; }

    /// <summary>Claim 4: the induction head copies what it finds.</summary>
    public required CopyingClaim Copying { get; init; }

    /// <summary>Claim 5: without it, repeated tokens are not predicted.</summary>
    public required AblationClaim Ablation { get; init; }

    /// <summary>What the spreads are: <c>± is the standard deviation over seeds 0, 1, 2</c>.</summary>
    public string? Spread { get; init; }

    /// <summary>Whether all five hold.</summary>
    public bool Found =>
        Previous.Holds && Composition.Holds && Matching.Holds && Copying.Holds && Ablation.Holds;

    /// <summary>The heading of the section: it says when nothing was found.</summary>
    public string Title => Found ? "The induction circuit" : "No induction circuit found";
}

/// <summary>A passage in which a pair of tokens comes again.</summary>
/// <param name="Tokens">The ids.</param>
/// <param name="Source">The position of the first occurrence; the token after it is looked at.</param>
/// <param name="Destination">The position of the second occurrence, where the head looks.</param>
/// <param name="Predicted">The token that the model predicts next.</param>
/// <param name="Weight">The induction head's attention from there to the token after the
/// source.</param>
/// <param name="Probability">The probability of the predicted token.</param>
public sealed record CircuitPassage(
    IReadOnlyList<int> Tokens,
    int Source,
    int Destination,
    int Predicted,
    double Weight,
    double Probability);

/// <summary>A claim of the circuit.</summary>
public abstract record CircuitClaim
{
    /// <summary>Whether it holds.</summary>
    public required bool Holds { get; init; }

    /// <summary>What it had to reach and did not; shown where it fails.</summary>
    public string? Rule { get; init; }

    /// <summary>The spread of its value (of z, for a composition); null where there is one
    /// run.</summary>
    public double? Sd { get; init; }
}

/// <summary>That a head looks at the token before.</summary>
/// <param name="Head">The head.</param>
/// <param name="Score">The share of its weight that lies there.</param>
/// <param name="ByOffset">The weight at one, two, … tokens before.</param>
/// <param name="Baseline">What the model's other heads put there; null where there are none.</param>
public sealed record PreviousTokenClaim(
    string Head, double Score, IReadOnlyList<double> ByOffset, ClaimRange? Baseline = null)
    : CircuitClaim;

/// <summary>5 to 95% of what is compared with.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public sealed record ClaimRange(double Low, double High);

/// <summary>That the induction head reads what the other one writes.</summary>
/// <param name="Value">The composition, a ratio of norms.</param>
/// <param name="Mean">That of random matrices.</param>
/// <param name="RandomSd">The deviation of random matrices.</param>
/// <param name="Z">Deviations above their mean.</param>
public sealed record CompositionClaim(
    double Value, double Mean, double RandomSd, double Z)
    : CircuitClaim
{
    /// <summary>Through which input: Q, K or V.</summary>
    public string Kind { get; init; } = "K";

    /// <summary>The random draws as a histogram; null for a normal curve.</summary>
    public ClaimHistogram? Histogram { get; init; }
}

/// <summary>A histogram.</summary>
/// <param name="Edges">The edges of its bins, one more than counts.</param>
/// <param name="Counts">How many are in each.</param>
public sealed record ClaimHistogram(IReadOnlyList<double> Edges, IReadOnlyList<double> Counts);

/// <summary>That tokens match themselves through the two heads.</summary>
/// <param name="Share">The share of tokens whose best key is themselves.</param>
/// <param name="Sample">The matching term for a few tokens, <c>[key][query]</c>.</param>
/// <param name="Of">How many tokens were compared.</param>
public sealed record MatchingClaim(double Share, IReadOnlyList<double[]> Sample, int Of)
    : CircuitClaim;

/// <summary>That the induction head copies.</summary>
/// <param name="Score">Σ Re λ / Σ |λ|.</param>
/// <param name="Eigenvalues">(real, imaginary) of its OV circuit.</param>
/// <param name="Baseline">Random matrices; null where none were drawn.</param>
public sealed record CopyingClaim(
    double Score,
    IReadOnlyList<double[]> Eigenvalues,
    Vitrine.Interp.Circuits.RandomSpectrum? Baseline = null)
    : CircuitClaim;

/// <summary>That repeated tokens need it; losses on the second half of random repeats, in
/// nats.</summary>
/// <param name="Intact">The whole model.</param>
/// <param name="Without">Without the induction heads.</param>
/// <param name="FirstHalf">The whole model on the first half: nothing to copy.</param>
/// <param name="Others">Without as many other heads; null where there are none.</param>
public sealed record AblationClaim(
    double Intact, double Without, double FirstHalf, double? Others = null)
    : CircuitClaim;
