using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Induction;
using Vitrine.Interp.Losses;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Training;
using Vitrine.Tensors;

namespace Vitrine.Interp.Comparison;

/// <summary>A claim about an induction circuit, and whether it holds.</summary>
/// <param name="Claim"><c>previous token</c>, <c>composition</c>, <c>matching</c>,
/// <c>copying</c> or <c>ablation</c>.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Rule">What it must reach.</param>
/// <param name="Holds">Whether it does.</param>
internal sealed record Verdict(string Claim, double Value, string Rule, bool Holds);

/// <summary>What one of two compared models is. Values that could not be measured are null, and
/// <see cref="Missing"/> says why.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Layers">Its layers.</param>
/// <param name="Parameters">Its trained numbers.</param>
internal sealed record ModelReading(string Name, int Layers, long Parameters)
{
    private const string Recipe = "recipe";

    /// <summary>The loss over all held-out tokens, nats per token.</summary>
    public LossEstimate? HeldOut { get; init; }

    /// <summary>The same over the bytes of the text.</summary>
    public double? BitsPerByte { get; init; }

    /// <summary>What each head is.</summary>
    public IReadOnlyList<HeadRow>? Heads { get; init; }

    /// <summary>The loss in both copies of repeated random tokens.</summary>
    public RepeatLoss? Repeats { get; init; }

    /// <summary>How much earlier tokens of a text help.</summary>
    public InContextScore? InContext { get; init; }

    /// <summary>The K-composition that lies most deviations above random heads.</summary>
    public CompositionEdge? KComposition { get; init; }

    /// <summary>The head with the highest prefix matching.</summary>
    public string? InductionHead { get; init; }

    /// <summary>Its prefix matching.</summary>
    public double? PrefixMatching { get; init; }

    /// <summary>The claims about its circuit.</summary>
    public IReadOnlyList<Verdict>? Claims { get; init; }

    /// <summary>Between which steps prefix matching rose from below 0.1 to above 0.25.</summary>
    public StepInterval? Formed { get; init; }

    /// <summary>Why a value is null, by the name of its property in camel case.</summary>
    public required IReadOnlyDictionary<string, string> Missing { get; init; }

    /// <summary>Reads a model.</summary>
    /// <param name="subject">The model.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="text">The text in its tokens; null for none.</param>
    /// <param name="losses">Its losses on the held-out part; null without a text.</param>
    /// <param name="seed">Of random sequences and matrices.</param>
    /// <param name="stop">Ends it between stages.</param>
    public static ModelReading Of(
        Subject subject, string name, Corpus? text, DocumentLosses? losses, ulong seed,
        CancellationToken stop)
    {
        var missing = new Dictionary<string, string>();
        using RunFolder folder = RunFolder.Open(subject.Path);
        RunNotes? notes = File.Exists(folder[RunFolder.NotesFile]) ? RunNotes.Read(folder) : null;
        if (notes is null)
        {
            missing[Recipe] = "the folder does not say how the model was trained";
        }

        const string NoText = "no text is known";
        LossEstimate? heldOut = Or(
            nameof(HeldOut), text is null ? NoText : null, () => LossEstimate.Of(losses!));
        string? noHeads = subject.Heads.Count == 0 ? "it has no attention layers"
            : subject.Model.Config.Attention!.Shared is null ? "its layers have different heads"
            : null;
        stop.ThrowIfCancellationRequested();
        HeadTable? heads = Or(nameof(Heads), noHeads, () => subject.HeadTable(text, seed, stop));
        stop.ThrowIfCancellationRequested();
        string? single = noHeads ?? (subject.Model.Config.Layers < 2 ? "it has one layer" : null);
        CompositionEdge? composition = Or(nameof(KComposition), single, () =>
        {
            using var reading = new HeadReading(subject.Model);
            return reading.Composition(seed: seed).Edges.Where(edge => edge.Kind == "K")
                .MaxBy(edge => edge.Z);
        });
        stop.ThrowIfCancellationRequested();
        InductionCircuit? circuit = Or(
            nameof(Claims), single ?? (text is null ? NoText : null),
            () => InductionCircuit.Of(subject.Model, text!, Asked(notes, seed)));
        PhaseChange? phase = Or(
            nameof(Formed),
            notes is null ? missing[Recipe] : single,
            () => PhaseChange.Of(TrainingMetrics.Of(folder), []));
        if (phase is { Crossing: null })
        {
            missing["formed"] = "no head’s prefix matching rose from below 0.1 to above 0.25";
        }

        return new ModelReading(
            name, subject.Model.Config.Layers,
            subject.Model.Parameters.Sum(parameter => parameter.Value.Length))
        {
            HeldOut = heldOut,
            BitsPerByte = text is null ? null : BitsPerByteOf(text, losses!),
            Heads = heads?.Rows,
            Repeats = heads?.Samples[0].Repeats,
            InContext = heads?.Samples is [_, { InContext: { } score }] ? score : null,
            KComposition = composition,
            InductionHead = circuit?.Head,
            PrefixMatching = circuit?.Score,
            Claims = circuit is null ? null : Verdicts(circuit),
            Formed = phase?.Crossing,
            Missing = missing,
        };

        // What a model is too small for is a reason, not an error: the rest is still compared.
        T? Or<T>(string value, string? reason, Func<T?> measure)
            where T : class
        {
            try
            {
                if (reason is null)
                {
                    return measure();
                }
            }
            catch (ArgumentException wrong)
            {
                reason = RequestException.Said(wrong);
            }

            missing[char.ToLowerInvariant(value[0]) + value[1..]] = reason!;
            return null;
        }
    }

    private static InductionOptions Asked(RunNotes? notes, ulong seed)
    {
        var asked = new InductionOptions { Seed = seed };
        return notes?.Recipe.RandomTypes is > 0 and var types
            ? asked with { Types = [types, .. asked.Types], OnlyTypes = true } : asked;
    }

    private static Verdict[] Verdicts(InductionCircuit circuit) =>
    [
        new("previous token", circuit.Previous.Score, circuit.Previous.Rule,
            circuit.Previous.Holds),
        new("composition", circuit.Composition.Z, circuit.Composition.Rule,
            circuit.Composition.Holds),
        new("matching", circuit.Matching.Share, circuit.Matching.Rule, circuit.Matching.Holds),
        new("copying", circuit.Copying.Score, circuit.Copying.Rule, circuit.Copying.Holds),
        new("ablation", circuit.Ablation.Removed, circuit.Ablation.Rule, circuit.Ablation.Holds),
    ];

    /// <summary>Nats over all tokens as bits over all bytes that these tokens are.</summary>
    private static double BitsPerByteOf(Corpus text, DocumentLosses losses) =>
        losses.Sums.Sum() / Math.Log(2)
        / text.HeldOutDocuments.Sum(document => (long)Bytes(text, document).Length);

    /// <summary>The bytes of a document, without the token before it.</summary>
    internal static byte[] Bytes(Corpus text, Document document)
    {
        var bytes = new List<byte>();
        foreach (int id in text.Tokens(document)[1..])
        {
            bytes.AddRange(text.Tokenizer.Bytes(id));
        }

        return [.. bytes];
    }
}
