using System.Globalization;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Studies;
using Vitrine.Models;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Tests.Losses;

public sealed class HeldOutComparisonTests : IDisposable
{
    private const int Documents = 36;
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-").FullName;
    private readonly Corpus _corpus;
    private readonly BigramCounts _counts;

    public HeldOutComparisonTests()
    {
        // Words that follow each other by a rule four times of five: pairs say more than words.
        var random = new Random(11);
        string path = Path.Combine(_folder, "text.txt");
        File.WriteAllText(path, string.Join("<|endoftext|>", Enumerable.Range(0, Documents).Select(
            _ =>
            {
                int word = random.Next(20);
                return string.Concat(Enumerable.Range(0, 30 + random.Next(60)).Select(_ =>
                {
                    word = random.Next(5) == 0 ? random.Next(20) : (word + 7) % 20;
                    return " " + (100 + word).ToString(CultureInfo.InvariantCulture);
                }));
            })));
        _corpus = Corpus.FromText(path, 16);
        _counts = BigramCounts.Of(
            _corpus.Train, _corpus.Tokenizer.EndOfText, _corpus.Tokenizer.VocabularySize);
    }

    public void Dispose()
    {
        _corpus.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void AModelThatKnowsNothingHasTheLogarithmOfTheVocabulary()
    {
        using Transformer model = Uniform();
        HeldOutComparison losses = HeldOutComparison.Of(model, _corpus, _counts, null);
        double uniform = Math.Log(_corpus.Tokenizer.VocabularySize);
        Assert.Equal(uniform, losses.HeldOut.Value, 1e-5);
        Assert.Equal(_corpus.HeldOut.Length - Held(), losses.HeldOut.Tokens);
        Assert.Equal(Held(), losses.HeldOut.Documents);
        Assert.True(losses.BigramHeldOut.Value < losses.UnigramHeldOut.Value - 0.5);
        Assert.Equal(
            losses.HeldOut.Value - losses.BigramHeldOut.Value, losses.AboveBigram.Value, 1e-9);
        Assert.True(losses.AboveBigram.Low > 0);
        Assert.Equal(losses.BigramHeldOut.Value, losses.Baseline);
        Assert.Null(losses.ZeroLayer);
        Assert.Null(losses.GainOverZeroLayer);
    }

    [Fact]
    public void AZeroLayerModelIsComparedDocumentByDocument()
    {
        using Transformer model = Uniform();
        using Transformer zero = Transformer.Initial(
            TransformerConfig.ZeroLayer(4, _corpus.Tokenizer.VocabularySize), seed: 2,
            standardDeviation: 1);
        HeldOutComparison losses = HeldOutComparison.Of(model, _corpus, _counts, zero);
        Assert.Equal(
            losses.ZeroLayer!.Value - losses.HeldOut.Value, losses.GainOverZeroLayer!.Value, 1e-9);
        Assert.True(losses.GainOverZeroLayer.Low > 0);

        // The sums of its documents by another way.
        using DirectPath path = DirectPath.Of(zero);
        float[] normalisers = path.LogSumExp([.. _corpus.HeldOut.ToArray().Distinct()]);
        var direct = DocumentLosses.Of(
            new DirectPathModel(path, normalisers), _corpus.HeldOut, _corpus.Tokenizer.EndOfText);
        LossEstimate expected = LossEstimate.Of(direct);
        Assert.Equal(expected.Value, losses.ZeroLayer.Value, 1e-4);
        Assert.Equal(expected.Low!.Value, losses.ZeroLayer.Low!.Value, 1e-3);
    }

    [Fact]
    public void AModelBesideItselfDiffersByNothing()
    {
        using Transformer model = Uniform();
        HeldOutComparison losses = HeldOutComparison.Of(model, _corpus, _counts, model);
        Assert.Equal(
            (0.0, 0.0, 0.0),
            (losses.GainOverZeroLayer!.Value, losses.GainOverZeroLayer.Low, losses.GainOverZeroLayer.High));
        Finding finding = LossFindings.Of(losses);
        Assert.Contains(
            "indistinguishable from the 0-layer model’s", finding.Text.ToString(),
            StringComparison.Ordinal);
        Assert.False(finding.Holds);
    }

    private int Held() => _corpus.HeldOutDocuments.Count;

    private Transformer Uniform() => Transformer.Initial(
        TransformerConfig.AttentionOnly(
            1, 1, 4, 4, _corpus.Tokenizer.VocabularySize, context: 16),
        seed: 1, standardDeviation: 0);
}
