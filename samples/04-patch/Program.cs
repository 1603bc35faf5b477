using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Models.Tokenizers;

// A run folder as argument, or random weights: patching shows what carries a difference in either.
Tokenizer tokenizer = Tokenizer.Gpt2();
using Transformer model = args.Length > 0
    ? Transformer.Load(args[0])
    : Transformer.Initial(
        TransformerConfig.AttentionOnly(
            layers: 2, heads: 4, dModel: 64, dHead: 16, tokenizer.VocabularySize, context: 64),
        seed: 1, standardDeviation: 0.5f);

PromptPairs prompts = PromptPairs.Of(
    tokenizer,
    clean: "The Congress of the United States shall",
    corrupt: "The President of the United States shall",
    answer: " have", versus: " be");
using var experiment = new PatchingExperiment(model, prompts);
Console.WriteLine($"logit difference: {experiment.ValueClean:F2} clean, "
    + $"{experiment.ValueCorrupt:F2} corrupt");

PatchingSweep heads = experiment.Sweep(PatchSite.Z, approximate: true);
foreach ((int row, int position, double restored) in heads.Strongest(5))
{
    Console.WriteLine(
        $"head {heads.Rows[row]} at {tokenizer.Display(prompts.Clean[0][position]),-10} restores "
        + $"{restored,7:P1}"
        + $"   approximated {heads.Approx![row][position],7:P1}");
}

// The prompts differ at one position, so the stream there carries all of it before the first layer.
PatchingSweep stream = experiment.Sweep(PatchSite.ResidPre);
double whole = stream.Values[0][prompts.FirstDifference];
Console.WriteLine($"the stream at position {prompts.FirstDifference} before layer 0 restores "
    + $"{whole:P1}");
return Math.Abs(whole - 1) < 1e-3 ? 0 : 1;
