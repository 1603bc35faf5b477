using Vitrine.Interp.Induction;
using Vitrine.Models;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Tests.Induction;

public class InductionCircuitTests
{
    private static readonly string[] Words =
        "peace war work rest law gold land ship corn iron coal debt vote bank road rail".Split(' ');

    [Fact]
    public void MatchingIsAskedOfTheTypesThatAModelSaw()
    {
        string text = Path.GetTempFileName();
        try
        {
            var random = new Random(3);
            File.WriteAllText(text, string.Concat(
                Enumerable.Range(0, 4000).Select(_ => " " + Words[random.Next(Words.Length)])));
            using Corpus corpus = Corpus.FromText(text, 32);
            using Transformer model = Transformer.Initial(
                TransformerConfig.AttentionOnly(
                    layers: 2, heads: 1, dModel: 8, dHead: 4, corpus.Tokenizer.VocabularySize,
                    context: 32),
                seed: 1);
            var options =
                new InductionOptions { Sequences = 2, TextWindows = 2, Lengths = [4], Types = [5] };
            InductionCircuit all = InductionCircuit.Of(model, corpus, options);
            InductionCircuit seen =
                InductionCircuit.Of(model, corpus, options with { OnlyTypes = true });
            Assert.Equal(5, seen.Matching.Of);
            Assert.Equal(0.2, seen.Matching.Chance, 1e-12);
            Assert.InRange(all.Matching.Of, Words.Length, Words.Length + 1);
            Assert.Equal(all.Score, seen.Score);
        }
        finally
        {
            File.Delete(text);
        }
    }
}
