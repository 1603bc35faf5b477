using Vitrine.Autograd;
using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Models.Training;

/// <summary>Measures a model's loss on the held-out documents of a corpus.</summary>
/// <remarks> Every token with a predecessor in its document is predicted once, from adjacent
/// windows of one context. Sums run in float64 in the order of the text. </remarks>
public sealed class HeldOutLoss
{
    private readonly Corpus _corpus;
    private readonly int _context;
    private readonly int _batch;
    private readonly List<Window> _windows = [];

    /// <summary>Lays out the windows.</summary>
    /// <param name="corpus">The corpus whose held-out documents are measured; must stay
    /// alive.</param>
    /// <param name="context">Tokens in a window.</param>
    /// <param name="batch">Windows that are computed together.</param>
    public HeldOutLoss(Corpus corpus, int context, int batch)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(context);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        _corpus = corpus;
        _context = context;
        _batch = batch;
        for (int d = 0; d < corpus.HeldOutDocuments.Count; d++)
        {
            Document document = corpus.HeldOutDocuments[d];
            for (int start = 0; start < document.Pairs; start += context)
            {
                _windows.Add(new Window(
                    d, document.Start + start, Math.Min(context, document.Pairs - start)));
            }
        }
    }

    /// <summary>The mean over about that many tokens, evenly spread over the documents and always
    /// the same: for a curve during training.</summary>
    /// <returns>Nats per token.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of tokens is not above
    /// 0.</exception>
    public double Sample(Transformer model, int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokens);
        int wanted = Math.Clamp(tokens / _context, 1, _windows.Count);
        double loss = 0;
        long counted = 0;
        Measure(
            model,
            [.. Enumerable.Range(0, wanted)
                .Select(i => _windows[(int)((long)i * _windows.Count / wanted)])],
            (window, sum) =>
            {
                loss += sum;
                counted += window.Length;
            });
        return loss / counted;
    }

    /// <summary>The mean over all held-out tokens, with its interval over documents.</summary>
    public HeldOutResult All(Transformer model)
    {
        var documents = new DocumentLoss[_corpus.HeldOutDocuments.Count];
        for (int d = 0; d < documents.Length; d++)
        {
            Document document = _corpus.HeldOutDocuments[d];
            documents[d] = new DocumentLoss(document.Name, document.Pairs, 0);
        }

        Measure(model, _windows, (window, sum) => documents[window.Document] =
            documents[window.Document] with
            {
                TotalLoss = documents[window.Document].TotalLoss + sum,
            });
        return new HeldOutResult(documents);
    }

    private void Measure(Transformer model, List<Window> windows, Action<Window, double> add)
    {
        for (int first = 0, next; first < windows.Count; first = next)
        {
            next = first + 1;
            while (next < windows.Count && next - first < _batch
                && windows[next].Length == windows[first].Length)
            {
                next++;
            }

            Measure(model, windows[first..next], windows[first].Length, add);
        }
    }

    private void Measure(
        Transformer model, List<Window> windows, int length, Action<Window, double> add)
    {
        using Tensor<int> tokens = Tensor.Empty<int>([windows.Count, length]);
        using Tensor<int> targets = Tensor.Empty<int>([windows.Count, length]);
        for (int i = 0; i < windows.Count; i++)
        {
            _corpus.HeldOut.Slice(windows[i].Start, length).CopyTo(
                tokens.WritableSpan[(i * length)..]);
            _corpus.HeldOut.Slice(windows[i].Start + 1, length).CopyTo(
                targets.WritableSpan[(i * length)..]);
        }

        using Tape tape = Tape.NoGrad();
        ReadOnlySpan<float> losses = model.Losses(tape, tokens, targets).Value.Span;
        for (int i = 0; i < windows.Count; i++)
        {
            double sum = 0;
            foreach (float loss in losses.Slice(i * length, length))
            {
                sum += loss;
            }

            add(windows[i], sum);
        }
    }

    /// <summary>A run of inputs; the targets lie one further.</summary>
    private readonly record struct Window(int Document, int Start, int Length);
}
