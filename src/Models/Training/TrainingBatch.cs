using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Models.Training;

/// <summary>The batch of one step, determined by the seed and the step number.</summary>
internal sealed class TrainingBatch : IDisposable
{
    private readonly WindowSampler? _text;
    private readonly RepeatedText? _repeats;
    private readonly RandomRepeats? _random;
    private readonly Tensor<int> _tokens;
    private readonly Tensor<int> _targets;
    private readonly Tensor<float> _weights;
    private readonly int _windows;
    private readonly int _context;
    private readonly int _endOfText;

    public TrainingBatch(Corpus corpus, Recipe recipe, Device? device = null)
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

        _tokens = Tensor.Empty<int>([recipe.BatchSize, recipe.Context]);
        _targets = Tensor.Empty<int>([recipe.BatchSize, recipe.Context]);
        _weights = Tensor.Empty<float>([recipe.TokensPerStep]);
        (Tokens, Targets, Weights) = (On(_tokens), On(_targets), On(_weights));

        Tensor<T> On<T>(Tensor<T> host)
            where T : unmanaged => device is null || device == host.Device
            ? host : Tensor.Empty<T>(host.Shape, device);
    }

    /// <summary>int32 [batch, pos].</summary>
    public Tensor<int> Tokens { get; }

    /// <summary>int32 [batch, pos]: the token after each.</summary>
    public Tensor<int> Targets { get; }

    /// <summary>float32 [batch · pos]: 1/n for each of the n targets that count, so that <c>Σ
    /// weight · loss</c> is their mean. If a document begins inside a window, its first token does
    /// not count: no earlier token belongs to its document.</summary>
    public Tensor<float> Weights { get; }

    /// <summary>Fills the batch of a step, counted from 0.</summary>
    public void Fill(int step)
    {
        long first = (long)step * _windows;
        Span<int> inputs = _tokens.WritableSpan;
        Span<int> targets = _targets.WritableSpan;
        _random?.Fill(first, _context, inputs, targets);
        _text?.Fill(first, inputs, targets);
        _repeats?.Apply(step, first, _context, inputs, targets);
        int counted = targets.Length - targets.Count(_endOfText);
        Span<float> weights = _weights.WritableSpan;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = targets[i] == _endOfText ? 0 : 1f / counted;
        }

        if (Tokens != _tokens)
        {
            Tokens.CopyFrom(_tokens);
            Targets.CopyFrom(_targets);
            Weights.CopyFrom(_weights);
        }
    }

    public void Dispose()
    {
        Tokens.Dispose();
        Targets.Dispose();
        Weights.Dispose();
        _tokens.Dispose();
        _targets.Dispose();
        _weights.Dispose();
    }
}
