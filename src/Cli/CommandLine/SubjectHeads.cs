using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Heads;

namespace Vitrine.Cli.CommandLine;

/// <summary>All heads of a model on repeated random tokens, for the pages of other
/// commands.</summary>
internal static class SubjectHeads
{
    private const int Sequences = 16;

    /// <summary>Every head, layer by layer.</summary>
    public static IEnumerable<Head> All(SubjectModel model) =>
        from layer in Enumerable.Range(0, model.Model.Config.Layers)
        from index in Enumerable.Range(0, model.Model.Config.Heads)
        select new Head(layer, index);

    /// <summary>Repeated random tokens of the text's common ones, or of the vocabulary.</summary>
    public static RepeatedTokens Repeats(
        TrainingText text, Terminal terminal, int sequences = Sequences) => text.Repeats(
            text.IsKnown ? Draw.Common : Draw.Vocabulary, length: null, sequences, terminal.Seed);

    /// <summary>The section of all heads.</summary>
    public static ReportSection Section(string path, SubjectModel model, Terminal terminal)
    {
        using var text = TrainingText.Of(path, model, terminal);
        RepeatedTokens repeats = Repeats(text, terminal);
        var table = HeadTable.Of(HeadScores.OnRepeatedTokens(
            model.Model, repeats, cancellation: Interruption.Token));
        return HeadsSection.Of(table, Patterns(model, repeats.Sequences[0]), "Random repeats");
    }

    /// <summary>The pattern of every head on a sequence.</summary>
    public static PackedPatterns Patterns(SubjectModel model, int[] tokens) => AttentionPassages.Of(
        "random-repeats", PassageAttention.Of(model.Model, tokens, top: 1)).Measures["weight"];
}
