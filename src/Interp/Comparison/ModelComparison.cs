using Vitrine.Interp.Losses;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Comparison;

/// <summary>Two models side by side.</summary>
/// <param name="First">One.</param>
/// <param name="Second">The other.</param>
/// <param name="Settings">In what they were made differently.</param>
/// <param name="Text">The text whose held-out part both are measured on; null for none.</param>
/// <param name="LossDifference">The loss of the second less that of the first, paired by document;
/// null where their tokens differ or there is no text.</param>
/// <param name="Incomparable">Why losses per token, or all losses, are not compared; null where
/// they are.</param>
/// <param name="Disagreement">The tokens on which they disagree; null where losses per token are
/// not compared.</param>
internal sealed record ModelComparison(
    ModelReading First, ModelReading Second, IReadOnlyList<SettingDifference> Settings,
    string? Text, LossEstimate? LossDifference, string? Incomparable,
    TokenDisagreement? Disagreement)
    : Analysis(
        "comparison",
        "How do the two models differ?",
        "nats per token",
        "Losses are over every held-out token of one text, in windows of each model’s context; the "
        + "interval of their difference is 95% over documents, paired. Heads, composition and "
        + "claims are measured as for one model, on the same sequences for both.")
{
    /// <summary>Compares two models.</summary>
    /// <param name="first">One, with its text.</param>
    /// <param name="second">The other, with its text.</param>
    /// <param name="seed">Of random sequences and matrices.</param>
    /// <param name="progress">Hears of stages.</param>
    /// <param name="stop">Ends it between stages.</param>
    public static ModelComparison Of(
        Subject first, Subject second, ulong seed = 0,
        IProgress<AnalysisProgress>? progress = null, CancellationToken stop = default)
    {
        bool same = SameTokens(first, second);
        Corpus? one = same ? first.Corpus ?? second.Corpus : first.Corpus;
        Corpus? other = same ? one : second.Corpus;
        bool sameBytes = one is not null && other is not null && (same || SameBytes(one, other));
        string? reason =
            one is null && other is null ? "neither folder names a text"
            : !sameBytes
                ? "their tokens differ, and so do their texts"
            : !same ? "their tokens differ: bits per byte are compared instead"
            : null;
        if (!sameBytes)
        {
            (one, other) = (null, null);
        }

        Stage("Measuring losses");
        DocumentLosses? losses = one is null ? null : HeldOutComparison.Losses(first.Model, one);
        DocumentLosses? others =
            other is null ? null : HeldOutComparison.Losses(second.Model, other);
        Stage($"Reading {first.Path}");
        (string name, string otherName) = Names(first.Path, second.Path);
        ModelReading a = ModelReading.Of(first, name, one, losses, seed, stop);
        Stage($"Reading {second.Path}");
        ModelReading b = ModelReading.Of(second, otherName, other, others, seed, stop);
        Stage("Comparing tokens");
        return new ModelComparison(
            a, b, Comparison.Settings.Differences(first, second), one?.Name,
            same && losses is not null ? LossEstimate.Difference(others!, losses) : null,
            reason,
            same && one is not null
                ? TokenDisagreement.Of(first.Model, second.Model, one) : null);

        void Stage(string stage)
        {
            stop.ThrowIfCancellationRequested();
            progress?.Report(new AnalysisProgress(stage, 0));
        }
    }

    /// <summary>Whether token 5 is the same for both; a folder without a tokenizer is taken to have
    /// that of one with as many tokens.</summary>
    private static bool SameTokens(Subject first, Subject second) =>
        first.Vocabulary == second.Vocabulary
        && (first.Tokenizer is null || second.Tokenizer is null
            || first.Tokenizer.Hash.SequenceEqual(second.Tokenizer.Hash));

    private static bool SameBytes(Corpus one, Corpus other) =>
        one.HeldOutDocuments.Count == other.HeldOutDocuments.Count
        && one.HeldOutDocuments.Zip(other.HeldOutDocuments).All(pair =>
            ModelReading.Bytes(one, pair.First).AsSpan()
                .SequenceEqual(ModelReading.Bytes(other, pair.Second)));

    /// <summary>The last parts of both paths: as many as tell them apart.</summary>
    private static (string First, string Second) Names(string first, string second)
    {
        string[] one = Parts(first);
        string[] other = Parts(second);
        int parts = 1;
        while (parts < Math.Max(one.Length, other.Length) && Last(one) == Last(other))
        {
            parts++;
        }

        return Last(one) == Last(other) ? (one[^1], $"{one[^1]} (second)")
            : (Last(one), Last(other));

        string Last(string[] all) => string.Join('/', all.TakeLast(parts));

        static string[] Parts(string path) => Path.GetFullPath(path)
            .Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
    }
}
