using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Models.Training;

/// <summary>What one step reads: it follows from the seed and the number of the step
/// alone.</summary>
internal sealed class TrainingBatch : IDisposable
{
    private readonly WindowSampler? _text;
    private readonly RepeatedText? _repeats;
    private readonly RandomRepeats? _random;
    private readonly int _windows;
    private readonly int _context;
    private readonly int _endOfText;

    public TrainingBatch(Corpus corpus, Recipe recipe)
    {
        _windows = recipe.BatchSize;
        _context = recipe.Context;
        _endOfText = corpus.Tokenizer.EndOfText;
        if (recipe.RandomTypes > 0)
        {
            _random = new RandomRepeats(
                corpus.CommonTokens(recipe.RandomTypes), _endOfText, recipe.Seed);
        }
        else
        {
            _text = new WindowSampler(corpus, recipe.Context, recipe.Seed);
            _repeats = recipe.Repeats is null ? null : new RepeatedText(
                recipe.Repeats, recipe.Seed);
        }

        Tokens = Tensor.Empty<int>([recipe.BatchSize, recipe.Context]);
        Targets = Tensor.Empty<int>([recipe.BatchSize, recipe.Context]);
        Weights = Tensor.Empty<float>([recipe.TokensPerStep]);
    }

    /// <summary>int32 [batch, pos].</summary>
    public Tensor<int> Tokens { get; }

    /// <summary>int32 [batch, pos]: the token after each.</summary>
    public Tensor<int> Targets { get; }

    /// <summary>float32 [batch · pos]: 1/n for each of the n targets that count, so that
    /// <c>Σ weight · loss</c> is their mean. Where a document begins inside a window, its first
    /// token does not count: nothing before it belongs to it.</summary>
    public Tensor<float> Weights { get; }

    /// <summary>Fills the batch of a step, counted from 0.</summary>
    public void Fill(int step)
    {
        long first = (long)step * _windows;
        Span<int> inputs = Tokens.WritableSpan;
        Span<int> targets = Targets.WritableSpan;
        _random?.Fill(first, _context, inputs, targets);
        _text?.Fill(first, inputs, targets);
        _repeats?.Apply(step, first, _context, inputs, targets);
        int counted = targets.Length - targets.Count(_endOfText);
        Span<float> weights = Weights.WritableSpan;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = targets[i] == _endOfText ? 0 : 1f / counted;
        }
    }

    public void Dispose()
    {
        Tokens.Dispose();
        Targets.Dispose();
        Weights.Dispose();
    }
}
