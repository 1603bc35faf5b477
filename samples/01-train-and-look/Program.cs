using Vitrine.Interp.Bigrams;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

using Corpus corpus = Corpus.StateOfTheUnion();
var config = TransformerConfig.ZeroLayer(dModel: 64, corpus.Tokenizer.VocabularySize);
string folder = Directory.CreateTempSubdirectory("vitrine-").FullName;
Trainer trainer = Trainer.Start(
    RunFolder.CreateNext($"{folder}/run"), config, corpus, Recipe.ZeroLayer with { Steps = 100 });
trainer.Run();

using DirectPath path = DirectPath.Of(trainer.Model);     // logits = W_E[token] W_U + b_U
var counts = BigramCounts.Of(corpus.Train, corpus.Tokenizer.EndOfText, path.Vocabulary);
float[] normalisers = path.LogSumExp(counts.MostFrequentTokens(path.Vocabulary));
var table = new BigramTables(path, counts, normalisers).Of(corpus.Tokenizer.Encode(" United")[0]);
Console.WriteLine(string.Join('\n', table.Next.Select(row =>
    $"{corpus.Tokenizer.Display(row.Id),-12} {row.Probability:P1}  in text {row.Frequency:P1}")));
trainer.Dispose();
Directory.Delete(folder, recursive: true);
return table.Next[0].Probability > 0.5 ? 0 : 1;           // States
