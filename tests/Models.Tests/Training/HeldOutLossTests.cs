using Vitrine.Autograd;
using Vitrine.Models.Data;
using Vitrine.Models.Training;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Training;

public sealed class HeldOutLossTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-").FullName;
    private readonly Corpus _corpus;
    private readonly Transformer _model = Transformer.Initial(TinyCorpus.Config, 1, 0.5f);

    public HeldOutLossTests() => _corpus = TinyCorpus.Open(_folder);

    public void Dispose()
    {
        _corpus.Dispose();
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(16, 4)]
    [InlineData(7, 3)]
    [InlineData(1000, 1)]
    public void AllIsTheMeanOverEveryPairWhateverTheWindows(int context, int batch)
    {
        double expected = 0;
        foreach ((int previous, int next) in _corpus.HeldOutPairs)
        {
            expected += Loss(previous, next);
        }

        expected /= _corpus.HeldOutPairs.Count();
        HeldOutResult result = new HeldOutLoss(_corpus, context, batch).All(_model);
        Assert.Equal(_corpus.HeldOutPairs.Count(), result.Tokens);
        Assert.Equal(_corpus.HeldOutDocuments.Count, result.Documents.Count);
        Assert.Equal(expected, result.Loss, 1e-5);
    }

    [Fact]
    public void ASampleOfAllTokensIsTheWhole()
    {
        var heldOut = new HeldOutLoss(_corpus, 16, 4);
        Assert.Equal(heldOut.All(_model).Loss, heldOut.Sample(_model, int.MaxValue), 1e-9);
        Assert.Equal(heldOut.Sample(_model, 32), heldOut.Sample(_model, 32));
    }

    [Fact]
    public void TheIntervalTakesDocumentsAsTheUnit()
    {
        // Equal lengths: the mean of per-document losses 1, 2, 3, 4, 5 ± t(0.975, 4) · √(2.5 / 5).
        DocumentLoss[] documents =
            [.. Enumerable.Range(1, 5).Select(i => new DocumentLoss($"{i}", 10, 10.0 * i))];
        (double low, double high) = new HeldOutResult(documents).Interval!.Value;
        double half = 2.776445 * Math.Sqrt(2.5 / 5);
        Assert.Equal(3 - half, low, 1e-3);
        Assert.Equal(3 + half, high, 1e-3);
        Assert.Null(new HeldOutResult(documents[..2]).Interval);
    }

    [Theory]
    [InlineData(6, 2.570582)]
    [InlineData(19, 2.100922)]
    [InlineData(200, 1.971957)]
    public void TheIntervalUsesStudentsT(int count, double quantile)
    {
        DocumentLoss[] documents =
            [.. Enumerable.Range(0, count).Select(i => new DocumentLoss($"{i}", 1, i % 2))];
        var result = new HeldOutResult(documents);
        double mean = documents.Average(document => document.TotalLoss);
        double variance = documents.Sum(d => Math.Pow(d.TotalLoss - mean, 2)) / (count - 1);
        Assert.Equal(
            quantile * Math.Sqrt(variance / count), result.Interval!.Value.High - result.Loss,
            1e-3);
    }

    private double Loss(int previous, int next)
    {
        using Tensor<int> token = Tensor.From<int>([previous], [1, 1]);
        using Tensor<int> target = Tensor.From<int>([next], [1]);
        using Tape tape = Tape.NoGrad();
        Tensor<float> logits = _model.Forward(tape, token).Value.Reshape(1, -1);
        using Tensor<float> loss = Ops.CrossEntropy(logits, target);
        return loss.Span[0];
    }
}
