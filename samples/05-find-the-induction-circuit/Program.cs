using Vitrine.Interp.Induction;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

// A run of `vitrine run 2-layer` as argument, or a minute of training on repeated random tokens.
using Corpus corpus = Corpus.StateOfTheUnion();
using Transformer model = args.Length > 0 ? Transformer.Load(args[0]) : Trained(corpus);

var options = new InductionOptions { Sequences = 16, TextWindows = 16 };
var circuit = InductionCircuit.Of(
    model, corpus, args.Length > 0
        ? options : options with { Types = [Recipe.RandomRepeats.RandomTypes], OnlyTypes = true });
Console.WriteLine($"head {circuit.Head}: prefix matching {circuit.Score:F2}");
Console.WriteLine(
    $"head {circuit.Previous.Head} attends to the token before: {circuit.Previous.Score:F2}; the "
    + "strongest "
    + $"K-composition comes from {circuit.Composition.From} (z {circuit.Composition.Z:F1})");
Console.WriteLine(
    $"second copy: loss {circuit.Ablation.Intact:F2}, without "
    + $"{string.Join(", ", circuit.Ablation.Heads)} "
    + $"{circuit.Ablation.Without:F2} (first copy {circuit.Ablation.FirstHalf:F2})");
if (circuit.Ablation.OthersRemoved is { } removed)
{
    Console.WriteLine(
        $"that is {circuit.Ablation.Removed:P0} of the second copy's gain; without "
        + $"{string.Join(", ", circuit.Ablation.OtherHeads)}, the worst of "
        + $"{circuit.Ablation.Controls} sets of other heads, {removed:P0}");
}

return circuit.Score >= InductionOptions.LeastScore && circuit.Ablation.Holds ? 0 : 1;

static Transformer Trained(Corpus corpus)
{
    string folder = Directory.CreateTempSubdirectory("vitrine-sample-").FullName;
    Recipe recipe = Recipe.RandomRepeats with { Steps = 450 };
    TransformerConfig config = TransformerConfig.AttentionOnly(
        layers: 2, heads: 2, dModel: 64, dHead: 64, corpus.Tokenizer.VocabularySize,
        recipe.Context);
    using (Trainer trainer =
        Trainer.Start(RunFolder.Create(Path.Combine(folder, "run")), config, corpus, recipe))
    {
        trainer.Run();
    }

    Transformer model = Transformer.Load(Path.Combine(folder, "run"));
    Directory.Delete(folder, recursive: true);
    return model;
}
