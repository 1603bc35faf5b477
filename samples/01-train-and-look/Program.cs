using Vitrine.Interp.Bigrams;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

using Corpus corpus = Corpus.StateOfTheUnion();
var config = TransformerConfig.ZeroLayer(dModel: 64, corpus.Tokenizer.VocabularySize);
using RunFolder run = RunFolder.CreateNext("runs/sample");
using Trainer trainer = Trainer.Start(run, config, corpus, Recipe.ZeroLayer with { Steps = 100 });
trainer.Run();

using DirectPath path = DirectPath.Of(trainer.Model);     // logits = W_E[token] W_U + b_U
var counts = BigramCounts.Of(corpus.Train, corpus.Tokenizer.EndOfText, path.Vocabulary);
float[] normalisers = path.LogSumExp(counts.MostFrequentTokens(path.Vocabulary));
BigramTable table = new BigramTables(path, counts, normalisers).Of(corpus.Tokenizer.Encode(" United")[0]);
foreach (NextRow row in table.Next)
{
    Console.WriteLine($"{corpus.Tokenizer.Display(row.Id),-12} {row.Probability:P1}  in the text {row.Frequency:P1}");
}
